//! A mail written as HTML, as text: paragraphs stay lines, and quoted replies get the `>` a plain mail would have.
//!
//! Not a browser: what shows nothing (styles, scripts, comments, hidden preheaders) is left out, everything else is
//! lines of text.

use mail_parser::decoders::html::add_html_token;

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Elements whose content shows nothing.
const SILENT: [&str; 8] = ["head", "style", "script", "title", "template", "noscript", "object", "svg"];

/// Elements that have no end.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "meta", "link", "col", "wbr"];

/// How deep quotes are told apart.
const DEEP: usize = 20;

/// Returns the text an HTML mail shows.
pub(super) fn text(html: &str) -> String {
    let mut page = Page::default();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        let open = rest.find('<').unwrap_or(rest.len());
        page.say(&rest[..open]);
        at += open;
        let rest = &html[at..];
        if rest.is_empty() {
            break;
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            at += 4 + comment.find("-->").map_or(comment.len(), |end| end + 3);
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            let end = end_of_tag(rest);
            page.tag(&rest[1..end]);
            at += (end + 1).min(rest.len());
        } else {
            page.say("<");
            at += 1;
        }
    }
    page.end()
}

/// Returns where the tag at the start ends; values in quotes may hold a `>`.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') if text.as_bytes()[at - 1] == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            // A quote nobody closes must not swallow the mail.
            (Some(_), _) if at > 4000 => break,
            _ => {}
        }
    }
    text.find('>').unwrap_or(text.len())
}

/// The page while it is read.
#[derive(Default)]
struct Page {
    out: String,
    /// What has been said of the line at hand.
    line: String,
    /// A blank was seen and not yet written.
    blank: bool,
    /// A line is to stay empty before the next, so deep in quotes.
    gap: Option<usize>,
    quotes: usize,
    preformatted: usize,
    /// The element that silences, and how many of its name are open in it.
    silent: Option<(String, usize)>,
}

impl Page {
    fn say(&mut self, text: &str) {
        if self.silent.is_some() || text.is_empty() {
            return;
        }
        let text = entities(text);
        for c in text.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.break_line(),
                // A no-break blank is a blank people want to see.
                '\u{a0}' => self.line.push(' '),
                c if c.is_whitespace() && self.preformatted == 0 => self.blank = true,
                '\0' => {}
                c => {
                    if std::mem::take(&mut self.blank) && !self.line.is_empty() {
                        self.line.push(' ');
                    }
                    self.line.push(c);
                }
            }
        }
    }

    fn tag(&mut self, tag: &str) {
        let (closes, inside) = match tag.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, tag),
        };
        let name: String =
            inside.chars().take_while(|c| c.is_ascii_alphanumeric()).take(16).collect::<String>().to_ascii_lowercase();
        let open = !closes && !inside.ends_with('/') && !VOID.contains(&name.as_str());
        if let Some((silencer, depth)) = &mut self.silent {
            if *silencer == name {
                *depth = if closes { depth.saturating_sub(1) } else { *depth + usize::from(open) };
                if *depth == 0 {
                    self.silent = None;
                }
            } else if name == "body" && silencer == "head" {
                self.silent = None;
            }
            return;
        }
        if open && (SILENT.contains(&name.as_str()) || hidden(inside)) {
            self.silent = Some((name, 1));
            return;
        }
        match name.as_str() {
            "br" => self.break_line(),
            "hr" => {
                self.close_line();
                self.line.push_str("________________________________");
                self.close_line();
            }
            "td" | "th" if closes => self.blank = true,
            "blockquote" => {
                self.close_line();
                self.quotes = if closes { self.quotes.saturating_sub(1) } else { (self.quotes + 1).min(DEEP) };
            }
            "li" if !closes => {
                self.close_line();
                self.line.push_str("- ");
            }
            "pre" => {
                self.close_line();
                self.preformatted = if closes { 0 } else { 1 };
            }
            "p" | "h1" | "h2" | "h3" | "h4" => {
                self.close_line();
                self.gap = Some(self.quotes);
            }
            name if BLOCKS.contains(&name) => self.close_line(),
            _ => {}
        }
    }

    /// Ends the line at hand if anything was said in it.
    fn close_line(&mut self) {
        self.blank = false;
        if !self.line.trim().is_empty() {
            self.break_line();
        } else {
            self.line.clear();
        }
    }

    fn break_line(&mut self) {
        self.blank = false;
        if let Some(depth) = self.gap.take()
            && !self.line.trim().is_empty()
            && !self.out.is_empty()
            && !self.out.ends_with("\n\n")
        {
            self.mark(depth.min(self.quotes));
            self.out.push('\n');
        }
        self.mark(self.quotes);
        if self.quotes > 0 && !self.line.trim().is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
    }

    fn mark(&mut self, depth: usize) {
        self.out.extend(std::iter::repeat_n('>', depth));
    }

    fn end(mut self) -> String {
        self.close_line();
        self.out
    }
}

/// Tells whether a tag's style hides what stands in it.
fn hidden(tag: &str) -> bool {
    let plain: String = tag.chars().filter(|c| !c.is_whitespace()).take(2000).collect::<String>().to_ascii_lowercase();
    plain.contains("display:none") || plain.contains("mso-hide:all")
}

/// Resolves the entities of a text.
fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        let name = end.map(|end| &rest.as_bytes()[1..end]);
        match (end, name) {
            (Some(end), Some(name))
                if !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'#') =>
            {
                let start = out.len();
                add_html_token(&mut out, &rest.as_bytes()[..=end], false);
                if out[start..].contains('\u{FFFD}') {
                    out.truncate(start);
                }
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(html: &str, wanted: &str) {
        assert_eq!(text(html).trim_end(), wanted, "of {html}");
    }

    #[test]
    fn paragraphs_are_lines_and_quotes_have_their_mark() {
        check("<p>您好：</p><p>年费怎么<b>减免</b>？</p>", "您好：\n\n年费怎么减免？");
        check("<div>一</div><div>二<br>三</div>", "一\n二\n三");
        check("<div>新</div><blockquote>旧<br><blockquote>更旧</blockquote></blockquote>末", "新\n> 旧\n>> 更旧\n末");
        check("<table><tr><td>金额</td><td>100</td></tr><tr><td>日期</td></tr></table>", "金额 100\n日期");
        check("<ul><li>甲</li><li>乙</li></ul>", "- 甲\n- 乙");
        check("a<hr>b", "a\n________________________________\nb");
        check("<pre>a\n  b</pre>", "a\n  b");
    }

    #[test]
    fn what_shows_nothing_is_left_out() {
        check(
            "<html><head><style>p{}</style><title>t</title></head><body>好<!-- x > y --><script>1<2</script></body>",
            "好",
        );
        check("<div style=\"display: none\">预览<div>x</div></div>看得见", "看得见");
        check("<head><meta charset=x><body>no end of head", "no end of head");
        check(
            "<a href='x>y'>链接</a> 利率<3% &amp; &lt;b&gt; &nbsp;&#20320;&bogus; R&D",
            "链接 利率<3% & <b>  你&bogus; R&D",
        );
    }

    proptest! {
        #[test]
        fn any_html_ends_as_text(html in "(<|>|</|!--|--|div|blockquote|style|head|br|p|'|\"|=|&|;|#x|好| |\n|a|\u{0}){0,60}") {
            let _ = text(&html);
        }
    }
}
