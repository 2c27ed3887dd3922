//! The catalogue as a knowledge sheet, in the three layouts vendors ask for; each comes back as it went out.

use crate::domain::label::{Answer, Intent};
use crate::formats::write::grid::Grid;

/// How the similar questions of a standard question stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// In many columns to the right.
    Wide,
    /// In one cell, a line each.
    Cell,
    /// In a row each, beside merged cells.
    Rows,
}

/// An intent with its similar questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub intent: Intent,
    pub similar: Vec<String>,
}

pub const QUESTION: &str = "标准问";
pub const ANSWER: &str = "答案";
const NAME: &str = "意图名称";
const CATEGORY: &str = "类目";
const SIMILAR: &str = "相似问";
const CHANNEL: &str = "渠道";
const FROM: &str = "生效日期";
const UNTIL: &str = "失效日期";
const NOTE: &str = "合规备注";
const GUIDELINE: &str = "标注说明";

/// Similar questions in one row of a wide sheet; what is over goes to the next row of the same question.
const WIDE: usize = 200;

/// Characters of similar questions in one cell, below what a workbook allows.
const CELL: usize = 30_000;

/// Tells whether a heading is one of these sheets'.
pub fn heads(heading: &str) -> bool {
    let plain = heading.trim_end_matches(|c: char| c.is_ascii_digit());
    [NAME, CATEGORY, QUESTION, SIMILAR, ANSWER, CHANNEL, FROM, UNTIL, NOTE, GUIDELINE].contains(&plain)
}

/// Lays out the catalogue. Columns nobody filled are left out, but for those every vendor asks for.
pub fn grid(entries: &[Entry], layout: Layout) -> Grid {
    let answers = || entries.iter().flat_map(|entry| &entry.intent.answers);
    let mut heads = vec![];
    if entries.iter().any(|entry| entry.intent.name != question(&entry.intent)) {
        heads.push(NAME);
    }
    heads.extend([CATEGORY, QUESTION]);
    if layout == Layout::Rows {
        heads.push(SIMILAR);
    }
    heads.push(ANSWER);
    if answers().any(|answer| answer.channel.is_some()) {
        heads.push(CHANNEL);
    }
    heads.extend([FROM, UNTIL]);
    if answers().any(|answer| answer.note.is_some()) {
        heads.push(NOTE);
    }
    if entries.iter().any(|entry| !entry.intent.guideline.is_empty()) {
        heads.push(GUIDELINE);
    }
    let mut grid = Grid::default();
    let wide = entries.iter().map(|entry| entry.similar.len()).max().unwrap_or(0).clamp(1, WIDE);
    grid.headings = heads.iter().map(|head| (*head).to_owned()).collect();
    match layout {
        Layout::Wide => grid.headings.extend((1..=wide).map(|n| format!("{SIMILAR}{n}"))),
        Layout::Cell => grid.headings.push(SIMILAR.to_owned()),
        Layout::Rows => {}
    }
    for entry in entries {
        entry.rows(&heads, layout, wide, &mut grid);
    }
    grid
}

fn question(intent: &Intent) -> &str {
    let question = intent.question.trim();
    if question.is_empty() { intent.name.trim() } else { question }
}

impl Entry {
    fn rows(&self, heads: &[&str], layout: Layout, wide: usize, grid: &mut Grid) {
        let similar = self.portions(layout);
        let answers = &self.intent.answers;
        let count = similar.len().max(answers.len()).max(1);
        let start = grid.rows.len();
        for at in 0..count {
            let answer = answers.get(at);
            // Below its first row a merged cell is empty.
            let first = at == 0 || layout != Layout::Rows;
            let mut row: Vec<String> = heads
                .iter()
                .map(|head| match *head {
                    NAME if first => self.intent.name.trim().to_owned(),
                    CATEGORY if first => self.intent.category.trim().to_owned(),
                    QUESTION if first => question(&self.intent).to_owned(),
                    GUIDELINE if at == 0 => self.intent.guideline.trim().to_owned(),
                    SIMILAR => similar.get(at).and_then(|portion| portion.first()).cloned().unwrap_or_default(),
                    head => answer.and_then(|answer| said(answer, head)).unwrap_or_default().to_owned(),
                })
                .collect();
            match layout {
                Layout::Wide => {
                    let portion = similar.get(at).map_or(&[][..], Vec::as_slice);
                    row.extend((0..wide).map(|n| portion.get(n).cloned().unwrap_or_default()));
                }
                Layout::Cell => {
                    row.push(similar.get(at).and_then(|portion| portion.first()).cloned().unwrap_or_default());
                }
                Layout::Rows => {}
            }
            grid.rows.push(row);
        }
        if layout == Layout::Rows && count > 1 {
            for (column, head) in heads.iter().enumerate() {
                let whole = [NAME, CATEGORY, QUESTION].contains(head);
                let answer = answers.len() == 1 && [ANSWER, CHANNEL, FROM, UNTIL, NOTE].contains(head);
                if (whole || answer) && !grid.rows[start][column].is_empty() {
                    grid.merged.push((start, start + count - 1, column));
                }
            }
        }
    }

    /// Returns the similar questions by row: the cells of a wide row, or the one cell of the others.
    fn portions(&self, layout: Layout) -> Vec<Vec<String>> {
        // A question has no line ends; where a cell is cut at bars, a line end says that it is not.
        let plain = self.similar.iter().map(|text| text.replace(['\n', '\r'], " ").trim().to_owned());
        let plain = plain.filter(|text| !text.is_empty());
        match layout {
            Layout::Wide => plain.map(barred).collect::<Vec<_>>().chunks(WIDE).map(<[String]>::to_vec).collect(),
            Layout::Rows => plain.map(|text| vec![barred(text)]).collect(),
            Layout::Cell => {
                let mut cells: Vec<Vec<String>> = Vec::new();
                let mut length = CELL;
                for text in plain {
                    let chars = text.chars().count() + 1;
                    match cells.last_mut().and_then(|cell| cell.first_mut()) {
                        Some(cell) if length + chars <= CELL => {
                            cell.push('\n');
                            cell.push_str(&text);
                            length += chars;
                        }
                        _ => {
                            cells.push(vec![text]);
                            length = chars;
                        }
                    }
                }
                cells.into_iter().map(|cell| cell.into_iter().map(barred).collect()).collect()
            }
        }
    }
}

fn barred(text: String) -> String {
    if text.contains(['|', '｜']) && !text.contains('\n') { text + "\n" } else { text }
}

fn said<'a>(answer: &'a Answer, head: &str) -> Option<&'a str> {
    match head {
        ANSWER => Some(answer.text.trim()),
        CHANNEL => answer.channel.as_deref(),
        FROM => answer.from.as_deref(),
        UNTIL => answer.until.as_deref(),
        NOTE => answer.note.as_deref(),
        _ => None,
    }
}
