//! The views of the clean screen as they are drawn: a list at the left, what the chosen line is about at the right.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Role as Speaker;
use crate::domain::utterance::Language;
use crate::i18n::fill;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::Look;
use crate::tui::screens::clean::lists::{Lists, View};
use crate::tui::theme::Role;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::tui::widgets::{paint, tabs};

/// Rows above the list: the views, and what the view says of itself.
pub const HEAD: u16 = 2;

/// A line of a detail.
type Lines = Vec<(Role, String)>;

/// Draws the view.
pub fn draw(lists: &Lists, frame: &mut Frame, area: Rect, look: &Look) {
    let t = &look.words.clean;
    let mut rows = paint::rows(area);
    let (Some(first), Some(second)) = (rows.next(), rows.next()) else { return };
    tabs::draw(frame, first, &t.views, lists.view as usize, look.theme);
    let mut said = head(lists, look);
    if lists.stale {
        said.insert(0, (Role::Doubt, fill(t.stale, &[("clean", &look.key(Scope::Clean, Action::Clean))])));
    }
    let pieces: Vec<(Role, &str)> = said.iter().map(|(role, text)| (*role, text.as_str())).collect();
    paint::line(frame, second, &pieces, look.theme);
    let below = Rect { y: area.y + HEAD.min(area.height), height: area.height.saturating_sub(HEAD), ..area };
    let left = match (area.width, lists.view) {
        (0..60, _) => area.width,
        (_, View::Rules) => 34,
        (width, View::Heard) => width / 3,
        (width, _) => width * 11 / 20,
    };
    let columns = columns(lists, look);
    let lines: Vec<Row> = lists.cursor().shown().filter_map(|at| row(lists, at, look)).collect();
    let list = Rect { width: left, ..below };
    Table { columns: &columns, rows: &lines, cursor: lists.cursor(), focused: look.focused, headed: true }
        .draw(frame, list, look.theme);
    if lists.len() == 0
        && let Some(row) = paint::rows(list).nth(1)
    {
        let says = Rect { x: row.x + 2, width: row.width.saturating_sub(2), height: 4.min(list.height), ..row };
        paint::text(frame, says, nothing(lists, look), Role::Dim, 0, look.theme);
    }
    if left == area.width {
        return;
    }
    let right = Rect { x: below.x + left, width: area.width - left, ..below };
    let inner = paint::ruled(frame, right, look.theme);
    let mut at = 0;
    for (role, text) in detail(lists, look) {
        let rest = Rect { y: inner.y + at, height: inner.height.saturating_sub(at), ..inner };
        if rest.height == 0 {
            break;
        }
        at += paint::text(frame, rest, &text, role, 0, look.theme).max(1) as u16;
    }
}

/// Returns what a view says of itself.
fn head(lists: &Lists, look: &Look) -> Lines {
    let t = &look.words.clean;
    let key = |action| look.key(Scope::Clean, action);
    match lists.view {
        View::Rules => {
            let r = &lists.report;
            let figures = [
                ("turns", thousands(r.turns)),
                ("utterances", thousands(r.utterances)),
                ("families", thousands(r.families)),
                ("aside", thousands(r.aside.values().sum())),
            ];
            let gaps: Vec<(&str, &str)> = figures.iter().map(|(gap, figure)| (*gap, figure.as_str())).collect();
            vec![(Role::Title, fill(t.head, &gaps))]
        }
        View::Quarantine => {
            let all: u64 = lists.reasons.iter().map(|(_, count)| count).sum();
            let (name, count) = match lists.reason.checked_sub(1).and_then(|at| lists.reasons.get(at)) {
                Some((reason, count)) => (why(reason, look), *count),
                None => (t.all, all),
            };
            vec![
                (Role::Title, format!("◂ {name} {} ▸  ", thousands(count))),
                (Role::Dim, fill(t.quarantine_hint, &[("restore", &key(Action::Restore))])),
            ]
        }
        View::Merged => vec![(Role::Dim, fill(t.merged_hint, &[("restore", &key(Action::Restore))]))],
        View::Canned => vec![(Role::Dim, fill(t.canned_hint, &[("toggle", &key(Action::Toggle))]))],
        View::Heard => {
            let gaps = [
                ("toggle", key(Action::Toggle)),
                ("open", look.key(Scope::Move, Action::Open)),
                ("ignore", key(Action::Ignore)),
            ];
            let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, key)| (*gap, key.as_str())).collect();
            vec![(Role::Dim, fill(t.heard_hint, &gaps))]
        }
        View::Conflicts => {
            vec![(Role::Dim, fill(t.conflicts_hint, &[("open", &look.key(Scope::Move, Action::Open))]))]
        }
        View::Texts => {
            let all: u64 = lists.languages.iter().map(|(_, count)| count).sum();
            let (name, count) = match lists.language.checked_sub(1).and_then(|at| lists.languages.get(at)) {
                Some((language, count)) => (t.language(*language), *count),
                None => (t.all, all),
            };
            vec![
                (Role::Title, format!("◂ {name} {} ▸  ", thousands(count))),
                (Role::Dim, fill(t.texts_hint, &[("words", &key(Action::Words))])),
            ]
        }
    }
}

fn columns<'l>(lists: &Lists, look: &Look<'l>) -> Vec<Column<'l>> {
    let t = &look.words.clean;
    match lists.view {
        View::Rules => vec![
            Column::figures("", 2),
            Column::fixed("", 3),
            Column::share(t.rule_title, 1),
            Column::figures(t.hits, 8),
        ],
        View::Quarantine => {
            vec![Column::fixed(t.reason, 10), Column::fixed(t.tongue, 4), Column::share(t.text, 1)]
        }
        View::Merged => vec![Column::fixed("", 4), Column::fixed(t.tongue, 4), Column::share(t.text, 1)],
        View::Canned => {
            vec![Column::fixed("", 3), Column::figures(t.chats, 6), Column::fixed(t.side, 5), Column::share(t.text, 1)]
        }
        View::Heard => vec![Column::figures(t.customers, 6), Column::share(t.meant, 1)],
        View::Conflicts => vec![Column::figures(t.customers, 6), Column::share(t.text, 1)],
        View::Texts => {
            vec![Column::figures(t.customers, 6), Column::fixed(t.tongue, 4), Column::share(t.text, 1)]
        }
    }
}

fn row(lists: &Lists, at: usize, look: &Look) -> Option<Row> {
    let t = &look.words.clean;
    let tick = |on: bool| (Role::Key, if on { "[x]" } else { "[ ]" }.to_string());
    let tongue = |language: Language| (Role::Dim, language.tag().to_string());
    Some(match lists.view {
        View::Rules => {
            let state = lists.report.rules.get(at)?;
            let role = if state.on { Role::Text } else { Role::Dim };
            Row::of([
                (Role::Dim, Lists::order(state.rule).to_string()),
                tick(state.on),
                (role, t.rule(state.rule.name()).to_string()),
                (role, thousands(state.hits)),
            ])
        }
        View::Quarantine => {
            let line = lists.quarantine.get(at)?;
            let role = if line.turn.is_some() { Role::Text } else { Role::Dim };
            Row::of([
                (Role::Doubt, why(&line.reason, look).to_string()),
                tongue(line.language),
                (role, line.text.clone()),
            ])
        }
        View::Merged => {
            let line = lists.merged.get(at)?;
            let mark = if line.parted { "/".to_string() } else { format!("+{}", line.pieces.len()) };
            let hand = if line.by_hand { "*" } else { "" };
            let text = if line.parted { line.pieces.join(" / ") } else { line.text.clone() };
            Row::of([(Role::Key, mark + hand), tongue(line.language), (Role::Text, text)])
        }
        View::Canned => {
            let line = lists.canned.get(at)?;
            let (role, side) = if line.ours { (Role::Agent, t.ours) } else { (Role::Customer, t.theirs) };
            Row::of([
                tick(line.on),
                (Role::Text, thousands(line.conversations)),
                (role, side.to_string()),
                (Role::Text, line.text.clone()),
            ])
        }
        View::Heard => {
            let line = lists.heard.get(at)?;
            Row::of([(Role::Text, thousands(line.customers)), (Role::Word, format!("{} → {}", line.heard, line.meant))])
        }
        View::Conflicts => {
            let line = lists.conflicts.get(at)?;
            let customers = line.members.iter().map(|(member, _)| member.count).sum();
            let text = line.members.first().map_or(String::new(), |(member, _)| member.text.clone());
            Row::of([(Role::Text, thousands(customers)), (Role::Text, text)])
        }
        View::Texts => {
            let line = lists.texts.get(at)?;
            Row::of([(Role::Text, thousands(line.count)), tongue(line.language), (Role::Text, line.text.clone())])
        }
    })
}

/// Returns why the list is empty.
fn nothing(lists: &Lists, look: &Look) -> &'static str {
    let t = &look.words.clean;
    match lists.view {
        _ if lists.report.turns == 0 => t.empty,
        View::Rules | View::Texts => t.empty,
        View::Quarantine => t.nothing_aside,
        View::Merged => t.nothing_merged,
        View::Canned if lists.surveyed => t.nothing_canned,
        View::Heard if lists.surveyed => t.nothing_heard,
        View::Canned | View::Heard => t.not_surveyed,
        View::Conflicts => t.nothing_conflicts,
    }
}

/// Returns what is said of the chosen line.
fn detail(lists: &Lists, look: &Look) -> Lines {
    let t = &look.words.clean;
    let mut lines: Lines = Vec::new();
    match lists.view {
        View::Rules => {
            let Some(state) = lists.rule() else { return lines };
            lines.push((Role::Title, t.rule(state.rule.name()).to_string()));
            if lists.samples.is_empty() {
                lines.push((Role::Dim, t.no_samples.to_string()));
            }
            for sample in &lists.samples {
                let same = sample.before == sample.after;
                lines.push((Role::Bad, format!("- {}", sample.before)));
                lines.push((Role::Good, format!("+ {}", if same { t.set_aside } else { &sample.after })));
            }
            lines.push((Role::Dim, String::new()));
            lines.push((Role::Dim, t.order.to_string()));
        }
        View::Quarantine => {
            let Some(line) = lists.chosen(&lists.quarantine) else { return lines };
            lines.push((Role::Title, why(&line.reason, look).to_string()));
            let who = match line.role {
                Some(role) => speaker(role, look).to_string(),
                None => fill(t.row_of, &[("source", &line.source), ("line", &line.line.to_string())]),
            };
            lines.push((Role::Dim, format!("{who} · {}", t.language(line.language))));
            lines.push((Role::Text, line.text.clone()));
            if line.turn.is_none() {
                lines.push((Role::Dim, t.row_stays.to_string()));
            }
        }
        View::Merged => {
            let Some(line) = lists.chosen(&lists.merged) else { return lines };
            let state = match (line.parted, line.by_hand) {
                (true, _) => t.parted_state,
                (false, true) => t.joined_by_hand,
                (false, false) => t.joined_by_rule,
            };
            lines.push((Role::Title, state.to_string()));
            for (nth, piece) in line.pieces.iter().enumerate() {
                lines.push((Role::Customer, format!("{} {piece}", nth + 1)));
            }
            let role = if line.parted { Role::Dim } else { Role::Text };
            lines.push((role, format!("= {}", line.text)));
        }
        View::Canned => {
            let Some(line) = lists.chosen(&lists.canned) else { return lines };
            let gaps = [("n", &*thousands(line.conversations)), ("side", if line.ours { t.ours } else { t.theirs })];
            lines.push((Role::Title, fill(t.in_chats, &gaps)));
            lines.push((Role::Dim, t.language(line.language).to_string()));
            lines.push((Role::Text, line.text.clone()));
            lines.push((Role::Dim, if line.on { t.ticked } else { t.not_ticked }.to_string()));
        }
        View::Heard => {
            let Some(line) = lists.chosen(&lists.heard) else { return lines };
            lines.push((Role::Title, format!("{} → {}", line.heard, line.meant)));
            let gaps = [("texts", &*thousands(line.texts)), ("customers", &*thousands(line.customers))];
            lines.push((Role::Dim, fill(t.heard_in, &gaps)));
            for sample in &line.samples {
                lines.push((Role::Text, format!("×{} {}", thousands(sample.count), sample.text)));
            }
        }
        View::Conflicts => {
            let Some(line) = lists.chosen(&lists.conflicts) else { return lines };
            for (member, verdict) in &line.members {
                lines.push((Role::Word, lists.verdict(*verdict, look.words).to_string()));
                lines.push((Role::Text, format!("  ×{} {}", thousands(member.count), member.text)));
            }
        }
        View::Texts => {
            let Some(line) = lists.chosen(&lists.texts) else { return lines };
            lines.push((Role::Title, format!("×{} · {}", thousands(line.count), t.language(line.language))));
            lines.push((Role::Text, line.text.clone()));
            lines.push((Role::Dim, String::new()));
            lines.push((Role::Dim, t.in_words.to_string()));
            // A word and its tag stay together where a line ends.
            let words: Vec<String> = lists
                .cut
                .iter()
                .filter(|(word, _)| !word.trim().is_empty())
                .map(|(word, tag)| format!("{}/{tag}", cells::cut(word, 40)))
                .collect();
            lines.push((Role::Word, words.join("  ")));
        }
    }
    lines
}

fn why<'w>(reason: &'w str, look: &Look) -> &'w str {
    let said = look.words.clean.aside(reason);
    if said == reason { look.words.import.reason(reason) } else { said }
}

fn speaker(role: Speaker, look: &Look) -> &'static str {
    let t = &look.words.screens;
    match role {
        Speaker::Customer => t.customer,
        Speaker::Agent => t.agent,
        Speaker::Bot => t.bot,
        Speaker::System => t.system,
    }
}
