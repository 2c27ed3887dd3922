//! The parts of a report, written as Markdown or as one web page.

use crate::explain::report::drawing::{Plot, escape, svg};
use crate::i18n::{Lang, Words};

/// One part of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Title(String),
    Line(String),
    /// The heading first; every row has its fields.
    Table(Vec<Vec<String>>),
    Plot(Plot),
}

/// Returns a page that needs no other file and no script.
pub fn html(title: &str, parts: &[Part], words: &Words) -> String {
    let lang = if words.lang == Lang::Zh { "zh" } else { "en" };
    let mut out = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{0}</title><style>\
         body{{font:16px sans-serif;margin:2em auto;max-width:60em;padding:0 1em}}table{{border-collapse:collapse;margin:1em 0}}\
         td,th{{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left}}svg{{max-width:100%}}</style></head><body>\n<h1>{0}</h1>\n",
        escape(title)
    );
    for part in parts {
        match part {
            Part::Title(text) => out.push_str(&format!("<h2>{}</h2>\n", escape(text))),
            Part::Line(text) => out.push_str(&format!("<p>{}</p>\n", escape(text))),
            Part::Plot(plot) => out.push_str(&format!("{}\n", svg(plot))),
            Part::Table(rows) => {
                out.push_str("<table>\n");
                for (nth, row) in rows.iter().enumerate() {
                    let cell = if nth == 0 { "th" } else { "td" };
                    let fields: String =
                        row.iter().map(|field| format!("<{cell}>{}</{cell}>", escape(field))).collect();
                    out.push_str(&format!("<tr>{fields}</tr>\n"));
                }
                out.push_str("</table>\n");
            }
        }
    }
    out.push_str("</body></html>\n");
    out
}

/// Returns Markdown; drawings are left out, the tables beside them say the same.
pub fn markdown(title: &str, parts: &[Part]) -> String {
    let mut out = format!("# {}\n", plain(title));
    for part in parts {
        match part {
            Part::Title(text) => out.push_str(&format!("\n## {}\n", plain(text))),
            Part::Line(text) => out.push_str(&format!("\n{}\n", plain(text))),
            Part::Plot(_) => {}
            Part::Table(rows) => {
                out.push('\n');
                for (nth, row) in rows.iter().enumerate() {
                    let fields: Vec<String> = row.iter().map(|field| plain(field)).collect();
                    out.push_str(&format!("| {} |\n", fields.join(" | ")));
                    if nth == 0 {
                        out.push_str(&format!("|{}\n", "---|".repeat(row.len())));
                    }
                }
            }
        }
    }
    out
}

/// Returns text that stays in its cell and makes no mark-up.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::EN;

    #[test]
    fn a_customers_text_is_text_on_both_pages() {
        let rows = vec![vec!["a".into(), "b".into()], vec!["<script>|*x*".into(), "两\n行".into()]];
        let parts = [Part::Title("t".into()), Part::Line("l".into()), Part::Table(rows)];
        let page = html("r", &parts, &EN);
        assert!(page.contains("<td>&lt;script&gt;|*x*</td>") && !page.contains("<script>"), "{page}");
        let text = markdown("r", &parts);
        assert_eq!(text, "# r\n\n## t\n\nl\n\n| a | b |\n|---|---|\n| \\<script\\>\\|\\*x\\* | 两 行 |\n");
    }
}
