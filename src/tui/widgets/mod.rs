//! The pieces screens are drawn from: tables, lines to write in, bubbles, maps.
//!
//! Each draws itself with `draw(&self, frame, area, theme)` and keeps at most its own cursor; none knows a verb,
//! the project or a key binding. Called by `screens` and `app`. All text goes through `cells`, so all of it is
//! safe and measured in columns. Not here: what is shown, and what a key does to it.

pub mod bar;
pub mod chart;
pub mod chat;
pub mod cursor;
pub mod cut;
pub mod editor;
pub mod footer;
pub mod gauge;
pub mod input;
pub mod matrix;
pub mod paint;
pub mod popup;
pub mod selection;
pub mod spans;
pub mod table;
pub mod tabs;
pub mod underlined;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::layout::Rect;

    use crate::domain::conversation::Role as Speaker;
    use crate::domain::range::ByteRange;
    use crate::tui::theme::{Depth, Role, Theme};
    use crate::tui::widgets::chart::{self, Series};
    use crate::tui::widgets::chat::{Bubble, Chat};
    use crate::tui::widgets::cursor::Cursor;
    use crate::tui::widgets::footer::{self, Hint};
    use crate::tui::widgets::gauge::Gauge;
    use crate::tui::widgets::input::Input;
    use crate::tui::widgets::matrix::Matrix;
    use crate::tui::widgets::table::{Column, Row, Table};
    use crate::tui::widgets::{paint, popup, spans, tabs};

    /// Texts that break careless drawing.
    const HOSTILE: [&str; 8] = [
        "\x1b[31mred\x1b]52;c;eA==\x07",
        "退款\u{202e}款退\u{2066}",
        "👩‍👩‍👧‍👦👍🏽🇨🇳",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "a\nb\r\nc\td",
        "\u{feff}\u{200b}\u{e0041}",
        "ｶﾞｷﾞ",
        "",
    ];

    /// Draws every widget on the same area, over each other.
    fn draw_all(width: u16, height: u16, area: Rect, text: &str) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let theme = Theme::named("dark", Depth::True).unwrap();
        let text = text.to_owned();
        terminal
            .draw(|frame| {
                let mut cursor = Cursor::new(50);
                cursor.fit(Table::height(area, true));
                cursor.go(30);
                let rows: Vec<Row> = cursor.shown().map(|n| Row::plain([text.clone(), n.to_string()])).collect();
                let columns = [Column::share(&text, 1), Column::figures("n", 5)];
                let table = Table { columns: &columns, rows: &rows, cursor: &cursor, focused: true, headed: true };
                table.draw(frame, area, &theme);
                let bubble =
                    |speaker| Bubble { speaker, name: "客户".into(), text: text.repeat(3), remark: "12:00".into() };
                let bubbles = Speaker::ALL.map(bubble);
                Chat { bubbles: &bubbles, chosen: None, focused: false }.draw(frame, area, &theme);
                Chat { bubbles: &bubbles, chosen: Some(1), focused: true }.draw(frame, area, &theme);
                let names = vec![text.clone(); 12];
                Matrix::new(names, vec![vec![7; 12]; 12]).draw(frame, area, true, &theme);
                let points = vec![(0.0, 0.0), (f64::NAN, 0.5), (9.0, -3.0), (1.0, 1.0)];
                let series = [Series { role: Role::Fill, points, joined: true, sign: '*' }];
                chart::plot(frame, area, &series, ("0", "100"), ("0.0", &text), &theme);
                let hint = Hint { key: text.clone(), what: "确定" };
                footer::draw(frame, area, &[hint.clone(), hint], &theme);
                Gauge { what: &text, done: 3, total: 9, rows: 0, seconds: 2.0, hint: &text }.draw(frame, area, &theme);
                tabs::draw(frame, area, &["首页", &text, "标注"], 2, &theme);
                let marks = [(ByteRange::new(0, text.floor_char_boundary(3)), Role::Word)];
                spans::draw(frame, area, &text, &marks, &theme);
                paint::text(frame, area, &text, Role::Text, 0, &theme);
                let inner = popup::popup(frame, area, (40, 8), &text, &theme);
                Input::with(&text).draw(frame, inner, true, &theme);
            })
            .unwrap();
        terminal.backend().buffer().content().iter().map(|cell| cell.symbol()).collect()
    }

    #[test]
    fn no_wide_sign_reaches_into_a_window() {
        // A sign of two columns stands astride the left edge of each window of an odd column.
        for width in 5..9 {
            let mut terminal = Terminal::new(TestBackend::new(20, 5)).expect("a terminal in memory");
            let theme = Theme::named("mono", Depth::None).unwrap();
            let drawn = terminal.draw(|frame| {
                let whole = frame.area();
                for y in 0..whole.height {
                    paint::line(frame, Rect { y, height: 1, ..whole }, &[(Role::Text, "款款款款款款款款款款")], &theme);
                }
                popup::popup(frame, whole, (width, 3), "", &theme);
            });
            let left = popup::placed(Rect::new(0, 0, 20, 5), (width, 3)).x;
            let buffer = drawn.expect("a frame").buffer;
            assert_ne!(buffer[(left - 1, 2)].symbol(), if left % 2 == 1 { "款" } else { "" });
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn every_widget_draws_on_every_area(
            (width, height) in (1u16..300, 1u16..100),
            (x, y, w, h) in (0u16..300, 0u16..100, 0u16..320, 0u16..110),
            text in prop_oneof![prop::sample::select(&HOSTILE).prop_map(str::to_owned), "\\PC{0,20}".prop_map(|s| s)],
        ) {
            let shown = draw_all(width, height, Rect::new(x, y, w, h), &text);
            let dangerous = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!shown.chars().any(dangerous));
        }
    }

    #[test]
    fn a_conversation_reads_from_top_to_bottom() {
        let bubble = |speaker, name: &str, text: &str| Bubble {
            speaker,
            name: name.to_owned(),
            text: text.to_owned(),
            remark: String::new(),
        };
        let bubbles = [
            bubble(Speaker::Customer, "客户", "这个东西好不好用？"),
            bubble(Speaker::Bot, "机器", "您具体指的是哪个产品？主要想在哪些方面使用它？"),
        ];
        let mut terminal = Terminal::new(TestBackend::new(30, 4)).unwrap();
        let theme = Theme::named("mono", Depth::None).unwrap();
        let chat = Chat { bubbles: &bubbles, chosen: None, focused: false };
        terminal.draw(|frame| chat.draw(frame, frame.area(), &theme)).unwrap();
        let symbols = terminal.backend().buffer().content().chunks(30);
        let lines: Vec<String> = symbols
            .map(|line| {
                let mut skip = 0;
                let mut text = String::new();
                for cell in line {
                    if skip > 0 {
                        skip -= 1;
                        continue;
                    }
                    skip = crate::tui::cells::width(cell.symbol()).saturating_sub(1);
                    text.push_str(cell.symbol());
                }
                text.trim_end().to_owned()
            })
            .collect();
        let want =
            [" 客户 这个东西好不好用？", " 机器 您具体指的是哪个产品？", "      主要想在哪些方面使用", "      它？"];
        assert_eq!(lines, want);
    }
}
