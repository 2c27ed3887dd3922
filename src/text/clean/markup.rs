//! What comes from pages and recognisers rather than from people: tags, entities, glosses, links.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::scan::is_han;

/// Names of HTML elements; anything else in angle brackets is text (利率<3%, <phone>).
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "cite",
    "code",
    "col",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "label",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "s",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "video",
];

/// Elements that end a line.
const BREAKS: &[&str] = &["br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"];

pub(crate) fn transcript_tags(text: &str) -> Vec<Patch> {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"<\|[A-Za-z_0-9.]{1,20}\|>|\[(?:BLANK_AUDIO|MUSIC|NOISE|SILENCE|inaudible|laughter)\]")
            .expect("the pattern is a constant")
    });
    TAG.find_iter(text).map(|found| Patch::drop(found.start(), found.end())).collect()
}

/// Drops tags, decodes entities; a tag that breaks lines leaves one.
pub(crate) fn html(text: &str) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['<', '&']) {
        let start = at + found;
        let rest = &text[start..];
        let (length, put) = if rest.starts_with('<') {
            match tag(rest) {
                Some((length, name)) if BREAKS.contains(&name.as_str()) => (length, "\n".to_owned()),
                Some((length, _)) => (length, String::new()),
                None => (0, String::new()),
            }
        } else {
            entity(rest).map_or((0, String::new()), |(length, c)| (length, c.to_string()))
        };
        if length > 0 {
            let edge = put == "\n" && (start == 0 || start + length == text.len() || ends_line(&patches, start));
            patches.push(Patch::new(start, start + length, if edge { String::new() } else { put }));
        }
        at = start + length.max(1);
    }
    patches
}

/// Tells whether the patch just before `start` already broke the line.
fn ends_line(patches: &[Patch], start: usize) -> bool {
    patches.last().is_some_and(|last| last.end == start && (last.put == "\n" || last.start == 0))
}

/// Returns the length and name of the HTML tag at the start of `text`.
fn tag(text: &str) -> Option<(usize, String)> {
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| (end + 3, String::new()));
    }
    let inside = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let name: String =
        inside.chars().take_while(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(12).collect();
    if !ELEMENTS.contains(&name.as_str()) {
        return None;
    }
    let end = text.find('>')?;
    let attributes = text.get(text.len() - inside.len() + name.len()..end)?;
    let plain = attributes.is_empty() || attributes.starts_with(|c: char| c.is_whitespace() || c == '/');
    (plain && !attributes.contains('<')).then_some((end + 1, name))
}

/// Returns the length and meaning of the character reference at the start of `text`.
fn entity(text: &str) -> Option<(usize, char)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = &text[1..end];
    let c = match name {
        "nbsp" => ' ',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "middot" => '·',
        "yen" => '¥',
        "times" => '×',
        "copy" => '©',
        "reg" => '®',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    };
    Some((end + 1, c))
}

/// Drops a reading in brackets behind the character it belongs to: 訓(xùn)練.
pub(crate) fn pinyin_gloss(text: &str) -> Vec<Patch> {
    static GLOSS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[(（][a-zü' ]{0,12}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü' ]{0,24}[)）]")
            .expect("the pattern is a constant")
    });
    GLOSS
        .find_iter(text)
        .filter(|found| text[..found.start()].ends_with(is_han))
        .map(|found| Patch::drop(found.start(), found.end()))
        .collect()
}

/// Writes links as `<url>`.
pub(crate) fn url(text: &str) -> Vec<Patch> {
    static URL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)(?:(?:https?|ftp)://|(?-u:\b)www\.)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+",
            r"|(?-u:\b)(?:[a-z0-9][a-z0-9\-]{0,40}\.){1,3}(?:com|cn|net|org|cc|io|top|vip)(?:\.cn)?(?:/[A-Za-z0-9\-._~:/?#@!$&'*+,;=%]*)?(?-u:\b)"
        ))
        .expect("the pattern is a constant")
    });
    URL.find_iter(text)
        .filter(|found| !text[..found.start()].trim_end().ends_with(['@', '＠']))
        .filter_map(|found| {
            let link = found.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']']);
            let before_at = text[found.start() + link.len()..].trim_start().starts_with(['@', '＠'])
                || link.contains('@') && !link.contains("//");
            (!before_at).then(|| Patch::new(found.start(), found.start() + link.len(), "<url>"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::check;

    #[test]
    fn tags_go_and_comparisons_stay() {
        check(html, "你们的<b>重疾险</b>等待期是多少天&nbsp;？", "你们的重疾险等待期是多少天 ？");
        check(html, "利率<3%还是>3%", "利率<3%还是>3%");
        check(html, "<p>第一行</p><p>第二行</p>", "第一行\n第二行");
        check(html, "<a href=\"x\">链接</a>&lt;我&gt;&#8364;", "链接<我>€");
        check(html, "电话<phone>，a<b的时候", "电话<phone>，a<b的时候");
    }

    #[test]
    fn only_a_toned_reading_is_a_gloss() {
        check(pinyin_gloss, "訓(xùn)練師（shī）", "訓練師");
        check(pinyin_gloss, "买了iPhone(苹果)", "买了iPhone(苹果)");
    }

    #[test]
    fn a_link_ends_where_chinese_starts() {
        check(url, "看这个https://mp.weixin.qq.com/s/abc?x=1这个活动还有吗", "看这个<url>这个活动还有吗");
        check(url, "打开www.abc.com。", "打开<url>。");
        check(url, "发到zhang.san@example.com", "发到zhang.san@example.com");
    }

    #[test]
    fn a_recogniser_s_tags_go() {
        check(transcript_tags, "<|zh|><|ANGRY|><|Speech|>我要投诉", "我要投诉");
    }
}
