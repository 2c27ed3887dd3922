//! The kinds of files that are read, in one table. A new one is a file, its `pub mod` and a line here.

use crate::formats::chat::shape::Shape;
use crate::formats::chat::{dialogflow, intercom, livechat, openai, rasa_tracker, sharegpt, wechat_mp, wecom, zendesk};

/// Which reader a format has.
#[derive(Clone, Copy)]
pub(super) enum Reader {
    /// Rows of fields.
    Table,
    /// A sheet of a workbook.
    Book,
    /// A text a line.
    Lines,
    /// A chat in plain text.
    Chat,
    /// Records of named fields, or of any vendor below.
    Objects,
    /// Rasa's YAML of examples.
    RasaNlu,
    /// One mail, or many in an mbox.
    Mail,
    /// Records of one vendor.
    Records(&'static Shape),
}

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $word:literal by $reader:expr),* $(,)?) => {
        /// A kind of file that is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[$doc])* $name),* }

        impl Format {
            pub const ALL: &'static [Format] = &[$(Format::$name),*];

            /// Returns the word used on the command line and kept with a batch.
            pub fn name(self) -> &'static str {
                match self { $(Format::$name => $word),* }
            }

            pub(super) fn reader(self) -> Reader {
                match self { $(Format::$name => $reader),* }
            }
        }
    };
}

formats! {
    /// Rows of fields between commas, semicolons or bars.
    Csv = "csv" by Reader::Table,
    /// Rows of fields between tabs.
    Tsv = "tsv" by Reader::Table,
    /// A sheet of an Excel workbook.
    Xlsx = "xlsx" by Reader::Book,
    /// One text a line.
    Lines = "lines" by Reader::Lines,
    /// A chat written down: QQ, 千牛, `客户: …`.
    Chat = "chat" by Reader::Chat,
    /// A JSON record a line.
    Jsonl = "jsonl" by Reader::Objects,
    /// A JSON list of records.
    Json = "json" by Reader::Objects,
    OpenAi = "openai" by Reader::Records(&openai::SHAPE),
    ShareGpt = "sharegpt" by Reader::Records(&sharegpt::SHAPE),
    Zendesk = "zendesk" by Reader::Records(&zendesk::SHAPE),
    Intercom = "intercom" by Reader::Records(&intercom::SHAPE),
    LiveChat = "livechat" by Reader::Records(&livechat::SHAPE),
    /// 微信客服.
    Wecom = "wecom" by Reader::Records(&wecom::SHAPE),
    /// 公众号.
    WechatMp = "wechat-mp" by Reader::Records(&wechat_mp::SHAPE),
    RasaTracker = "rasa-tracker" by Reader::Records(&rasa_tracker::SHAPE),
    Dialogflow = "dialogflow" by Reader::Records(&dialogflow::SHAPE),
    /// Rasa's training data.
    RasaNlu = "rasa" by Reader::RasaNlu,
    /// One mail; also a file of a Maildir.
    Eml = "eml" by Reader::Mail,
    /// Mails one after the other.
    Mbox = "mbox" by Reader::Mail,
}

impl Format {
    /// Returns the format with that word.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Self::ALL.iter().copied().find(|format| format.name() == word)
    }

    /// Goes through the vendors' record shapes.
    pub(super) fn shapes() -> impl Iterator<Item = (Format, &'static Shape)> {
        Self::ALL.iter().filter_map(|format| match format.reader() {
            Reader::Records(shape) => Some((*format, shape)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_comes_back_by_its_word() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(*format));
        }
        assert_eq!(Format::named("punched cards"), None);
    }
}
