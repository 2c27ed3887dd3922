//! Emoji and the codes chat programs write for them, as `<emo:微笑>`; pictures and voice as `<img>` and the like.
//!
//! They carry mood, so they are named rather than deleted. Neighbours that say the same become one.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;

/// What stands for a message that is no text.
const PLACES: &[(&str, &str)] = &[
    ("图片", "<img>"),
    ("照片", "<img>"),
    ("截图", "<img>"),
    ("Image", "<img>"),
    ("image", "<img>"),
    ("Photo", "<img>"),
    ("动画表情", "<emo:?>"),
    ("表情", "<emo:?>"),
    ("Sticker", "<emo:?>"),
    ("语音", "<voice>"),
    ("Voice", "<voice>"),
    ("视频", "<video>"),
    ("Video", "<video>"),
    ("文件", "<file>"),
    ("File", "<file>"),
    ("位置", "<place>"),
    ("Location", "<place>"),
    ("链接", "<url>"),
    ("Link", "<url>"),
    ("商品", "<item>"),
    ("订单", "<order>"),
    ("名片", "<card>"),
    ("小程序", "<card>"),
];

struct Table {
    /// The name of each code and picture.
    names: HashMap<&'static str, &'static str>,
    pattern: Regex,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut names = HashMap::new();
    let mut codes = Vec::new();
    for line in include_str!("../../../assets/lexicons/emotes.tsv").lines() {
        let Some((name, forms)) = line.split_once('\t') else { continue };
        names.insert(name, name);
        for form in forms.split(' ') {
            let form = form.trim_end_matches('\u{fe0f}');
            match form.strip_prefix('[').and_then(|f| f.strip_suffix(']')) {
                Some(inside) => drop(names.insert(inside, name)),
                None => drop(names.insert(form, name)),
            }
            if form.starts_with("/:") {
                codes.push(form);
            }
        }
    }
    codes.sort_by_key(|code| std::cmp::Reverse(code.len()));
    let codes: Vec<String> = codes.into_iter().map(regex::escape).collect();
    let pattern = format!(
        concat!(
            r"\[(?P<word>[^\[\]\s]{{1,12}})\]",
            r"|(?P<code>{})",
            r"|(?P<number>#E-[a-z][0-9]{{1,4}})",
            r"|(?P<picture>(?:\p{{RI}}\p{{RI}}|[0-9#*]\u{{fe0f}}?\u{{20e3}}|(?:\p{{Emoji_Presentation}}|[{}]\u{{fe0f}}?|\p{{Extended_Pictographic}}\u{{fe0f}})[\x{{1f3fb}}-\x{{1f3ff}}]?(?:\u{{200d}}\p{{Extended_Pictographic}}\u{{fe0f}}?[\x{{1f3fb}}-\x{{1f3ff}}]?)*))",
        ),
        codes.join("|"),
        // Old signs that people mean as pictures even without the style selector.
        "☺☹❤✌☝✊✋☀☁☂☔☕♥❣✔✖☠☎⚠✈",
    );
    Table { names, pattern: Regex::new(&pattern).expect("the pattern is made of constants") }
});

pub(crate) fn emoji(text: &str) -> Vec<Patch> {
    let table = &*TABLE;
    let mut patches: Vec<Patch> = Vec::new();
    for found in table.pattern.captures_iter(text) {
        let whole = found.get(0).expect("a match has a whole");
        let tag = if let Some(word) = found.name("word") {
            let word = word.as_str();
            match (PLACES.iter().find(|(place, _)| *place == word), table.names.get(word)) {
                (Some((_, tag)), _) => (*tag).to_owned(),
                (None, Some(name)) => format!("<emo:{name}>"),
                (None, None) => continue,
            }
        } else if let Some(code) = found.name("code") {
            format!("<emo:{}>", table.names[code.as_str()])
        } else if found.name("number").is_some() {
            "<emo:?>".to_owned()
        } else {
            picture(whole.as_str(), table)
        };
        match patches.last_mut() {
            Some(last) if last.end == whole.start() && last.put == tag => last.end = whole.end(),
            _ => patches.push(Patch::new(whole.start(), whole.end(), tag)),
        }
    }
    patches
}

/// Names a picture by its first character: skin and gender do not change what it says.
fn picture(picture: &str, table: &Table) -> String {
    let first = picture.chars().next().map_or(0, char::len_utf8);
    match table.names.get(picture).or_else(|| table.names.get(&picture[..first])) {
        Some(name) => format!("<emo:{name}>"),
        None => "<emo:?>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft;

    fn check(text: &str, expected: &str) {
        draft::check(emoji, text, expected);
    }

    #[test]
    fn moods_get_their_name() {
        check("太慢了[发怒][发怒]", "太慢了<emo:发怒>");
        check("好的/::)谢谢", "好的<emo:微笑>谢谢");
        check("#E-s21#E-s21", "<emo:?>");
        check("👍🏻可以", "<emo:赞>可以");
        check("👨\u{200d}👩\u{200d}👧❤\u{fe0f}", "<emo:?><emo:爱心>");
        check("[Smile]ok", "<emo:微笑>ok");
    }

    #[test]
    fn what_is_no_mood_stays() {
        check("[身份证]丢了怎么补办", "[身份证]丢了怎么补办");
        check("5月1日/2日 #1 ① ★ ™ ㎡", "5月1日/2日 #1 ① ★ ™ ㎡");
        check("[图片]", "<img>");
    }
}
