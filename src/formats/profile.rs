//! How the files of one source are read, under a name: the wishes, and the marks by which such a file is known again.
//!
//! Called by `workbench::profiles`, which keeps profiles as the TOML written here; the same text travels between
//! projects. A profile of ours is a row of `OURS`.

use serde::{Deserialize, Serialize};

use crate::domain::conversation::Role;
use crate::formats::column::ColumnRole;
use crate::formats::error::Error;
use crate::formats::options::{self, ReadOptions};
use crate::formats::sniff::Sniffed;

/// The wishes for the files of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub options: ReadOptions,
    pub marks: Marks,
}

/// What a file looks like when it is decoded and cut as the profile says, before its columns are named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Marks {
    pub format: String,
    /// The file's name with every run of digits as `#`; empty fits no name.
    pub file: String,
    /// Headings of a table, or names of fields; empty without them.
    pub headings: Vec<String>,
    /// How many columns a table has; 0 where there is none.
    pub width: usize,
}

/// Vendors whose columns are published and cannot be told by headings.
const OURS: [&str; 1] = [
    // JDDC, the corpus of 京东: session, user, who writes (0 the customer, 1 the house), transfer, repeat, goods, text.
    "name = \"jddc\"\nformat = \"tsv\"\nheader = false\nquoted = false\n\
     columns = [\"conversation\", \"ignore\", \"role\", \"ignore\", \"ignore\", \"ignore\", \"text\"]\n\
     roles = [[\"0\", \"customer\"], [\"1\", \"agent\"]]\n",
];

impl Marks {
    /// Returns the marks of a file by its name and what it seems to be.
    pub fn of(file_name: &str, sniffed: &Sniffed) -> Self {
        let columns = sniffed.table.as_ref().map_or(&[][..], |table| &table.columns);
        let named = columns.iter().any(|column| !column.name.is_empty());
        Marks {
            format: sniffed.format.name().to_owned(),
            file: pattern(file_name),
            headings: if named { columns.iter().map(|column| column.name.clone()).collect() } else { Vec::new() },
            width: columns.len(),
        }
    }
}

impl Profile {
    /// Returns the profiles that come with the program; they are asked for by name.
    pub fn ours() -> Vec<Profile> {
        OURS.iter().map(|text| Profile::read(text).expect("a test reads them all")).collect()
    }

    /// Returns how well a file with these marks fits: 0 not at all, more is better.
    ///
    /// Headings tell the source surely, so that they need no name; without them format, width and name must all agree.
    pub fn fits(&self, marks: &Marks) -> u8 {
        if self.marks.format != marks.format {
            return 0;
        }
        let named = u8::from(!marks.file.is_empty() && self.marks.file == marks.file);
        if self.marks.headings.is_empty() || marks.headings.is_empty() {
            let same = self.marks.headings == marks.headings && self.marks.width == marks.width;
            return if same { named } else { 0 };
        }
        if self.marks.headings == marks.headings {
            return 4 + named;
        }
        let known = |heading: &&String| marks.headings.contains(heading);
        let used: Vec<&String> = match &self.options.columns {
            Some(roles) if self.options.headings.as_ref() == Some(&self.marks.headings) => self
                .marks
                .headings
                .iter()
                .zip(roles)
                .filter(|(_, role)| **role != ColumnRole::Ignore)
                .map(|(h, _)| h)
                .collect(),
            _ => return 0,
        };
        if used.iter().all(known) { 2 + named } else { 0 }
    }

    /// Returns the wishes under which a file's marks are taken: how it is decoded and cut.
    pub fn cut(options: &ReadOptions) -> ReadOptions {
        ReadOptions {
            format: options.format,
            charset: options.charset,
            header: options.header,
            delimiter: options.delimiter,
            quoted: options.quoted,
            sheet: options.sheet.clone(),
            ..ReadOptions::default()
        }
    }

    /// Writes the profile as TOML.
    pub fn write(&self) -> String {
        let o = &self.options;
        let written = Written {
            name: self.name.clone(),
            format: o.format.map(|format| format.name().to_owned()),
            encoding: o.charset.map(|charset| charset.name().to_owned()),
            header: o.header,
            delimiter: o.delimiter,
            quoted: o.quoted,
            sheet: o.sheet.clone(),
            zone: o.zone.map(|zone| zone.to_string()),
            channel: o.channel.map(|channel| channel.name().to_owned()),
            swap: o.swap,
            columns: o.columns.as_ref().map(|roles| roles.iter().map(|role| role.name().to_owned()).collect()),
            headings: o.headings.clone(),
            roles: o.roles.iter().map(|(name, role)| [name.clone(), role.name().to_owned()]).collect(),
            marks: self.marks.clone(),
        };
        toml::to_string(&written).expect("plain fields become TOML")
    }

    /// Reads a profile from TOML.
    pub fn read(text: &str) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|error| Error::Profile { what: error.to_string() })?;
        if written.name.trim().is_empty() {
            return Err(Error::Profile { what: "name".to_owned() });
        }
        let role = |[name, word]: [String; 2]| match Role::named(&word) {
            Some(role) => Ok((name, role)),
            None => Err(Error::Profile { what: format!("roles: {word}") }),
        };
        let options = ReadOptions {
            format: written.format.as_deref().map(options::format).transpose()?,
            charset: written.encoding.as_deref().map(options::charset).transpose()?,
            columns: written.columns.map(|words| options::columns(&words.join(","))).transpose()?,
            headings: written.headings,
            header: written.header,
            delimiter: written.delimiter.map(options::cutting).transpose()?,
            quoted: written.quoted,
            sheet: written.sheet,
            roles: written.roles.into_iter().map(role).collect::<Result<_, _>>()?,
            swap: written.swap,
            zone: written.zone.as_deref().map(options::zone).transpose()?,
            channel: written.channel.as_deref().map(options::channel).transpose()?,
            // What hears recordings is the trainer's own setting, not the source's.
            recogniser: None,
            threads: None,
        };
        Ok(Profile { name: written.name.trim().to_owned(), options, marks: written.marks })
    }
}

/// A profile as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    swap: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headings: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<[String; 2]>,
    #[serde(default)]
    marks: Marks,
}

/// Returns a file's name with every run of digits as `#`: the nightly export keeps its name but for the date.
fn pattern(file_name: &str) -> String {
    let mut pattern = String::with_capacity(file_name.len());
    for c in file_name.chars() {
        if !c.is_ascii_digit() {
            pattern.push(c);
        } else if !pattern.ends_with('#') {
            pattern.push('#');
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::conversation::Channel;
    use crate::formats::charset::Charset;
    use crate::formats::format::Format;
    use crate::formats::sniff::sniff;

    fn of(table: &str, file: &str, columns: &[ColumnRole]) -> Profile {
        let marks = Marks::of(file, &sniff(table.as_bytes(), file, true));
        let options = ReadOptions {
            columns: Some(columns.to_vec()),
            headings: Some(marks.headings.clone()).filter(|headings| !headings.is_empty()),
            ..ReadOptions::default()
        };
        Profile { name: "源".to_owned(), options, marks }
    }

    fn marks(table: &str, file: &str) -> Marks {
        Marks::of(file, &sniff(table.as_bytes(), file, true))
    }

    #[test]
    fn a_source_is_known_by_its_headings_in_any_order_and_under_any_name() {
        use ColumnRole::{Ignore, Role, Text};
        let kept = of("谁,内容,工号\n客户,在吗,1\n", "chat_20240301.csv", &[Role, Text, Ignore]);
        assert_eq!(kept.marks.file, "chat_#.csv");
        let fit = |table: &str, file: &str| kept.fits(&marks(table, file));
        assert_eq!(fit("谁,内容,工号\n客服,好,2\n", "chat_20240302.csv"), 5);
        assert_eq!(fit("谁,内容,工号\n客服,好,2\n", "other.csv"), 4);
        assert_eq!(fit("内容,组,谁\n好,甲,客服\n", "other.csv"), 2, "the ignored column may go, another may come");
        assert_eq!(fit("内容,组\n好,甲\n", "chat_20240303.csv"), 0, "a column that was used is gone");
        assert_eq!(fit("谁\t内容\t工号\n客户\t在吗\t1\n", "chat.tsv"), 0, "another kind of file");
    }

    #[test]
    fn a_file_without_headings_is_known_by_its_name_and_width() {
        use ColumnRole::{Intent, Text};
        let text = "how do i pay\tpay\nmy card is gone\tlost\nlost it\tlost\n";
        let kept = of(text, "train1.tsv", &[Text, Intent]);
        assert_eq!(kept.fits(&marks(text, "train22.tsv")), 1);
        assert_eq!(kept.fits(&marks(text, "test22.tsv")), 0);
        assert_eq!(kept.fits(&marks("a b\tx\ty\nc d\tx\ty\ne f\tx\tz\n", "train3.tsv")), 0);
    }

    #[test]
    fn ours_are_read_and_fit_nothing_by_themselves() {
        for profile in Profile::ours() {
            assert_eq!(profile.fits(&marks("a,b\n1,2\n", "a.csv")), 0);
            assert!(profile.options.columns.is_some(), "{}", profile.name);
        }
    }

    #[test]
    fn a_faulty_profile_says_what_is_wrong() {
        for (text, part) in [
            ("name = \"a\"\ncolour = 1\n", "colour"),
            ("name = \" \"\n", "name"),
            ("name = \"a\"\nroles = [[\"0\", \"king\"]]\n", "king"),
        ] {
            let Err(Error::Profile { what }) = Profile::read(text) else { panic!("{text}") };
            assert!(what.contains(part), "{what}");
        }
        let wide = Profile::read("name = \"a\"\ndelimiter = \"，\"\n");
        assert!(matches!(wide, Err(Error::UnknownDelimiter { name }) if name == "，"));
        assert!(matches!(Profile::read("name = \"a\"\nzone = \"moon\"\n"), Err(Error::UnknownZone { .. })));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            name in "[^\\s]{1,8}", picks in prop::collection::vec(0usize..100, 9), words in prop::collection::vec("\\PC{0,6}", 0..4),
        ) {
            let pick = |at: usize, n: usize| picks[at].checked_sub(1).map(|p| p % n);
            let options = ReadOptions {
                format: pick(0, Format::ALL.len()).map(|at| Format::ALL[at]),
                charset: pick(1, 5).map(|at| Charset::USUAL[at]),
                columns: pick(2, 2).map(|_| picks.iter().map(|p| ColumnRole::ALL[p % ColumnRole::ALL.len()]).collect()),
                headings: pick(3, 2).map(|_| words.clone()),
                header: pick(4, 2).map(|at| at == 0),
                delimiter: pick(5, 4).map(|at| ['\t', ',', ';', '|'][at]),
                quoted: pick(6, 2).map(|at| at == 0),
                sheet: pick(6, 2).map(|_| "表 1".to_owned()),
                roles: words.iter().zip(Role::ALL).map(|(word, role)| (word.clone(), role)).collect(),
                swap: picks[7] % 2 == 0,
                zone: pick(7, 27).map(|at| jiff::tz::Offset::from_hours(at as i8 - 12).expect("in range")),
                channel: pick(8, 4).map(|at| Channel::ALL[at]),
                recogniser: None,
                threads: None,
            };
            let marks = Marks { format: "csv".to_owned(), file: "a#".to_owned(), headings: words, width: 3 };
            let profile = Profile { name: name.trim().to_owned(), options, marks };
            prop_assert_eq!(Profile::read(&profile.write()).expect("our own text"), profile);
        }
    }
}
