//! How things look: roles (focus, doubt, good, bad …) become styles, in the colours this terminal has.
//!
//! Screens and widgets name a [`Role`] and never a colour; the themes are `assets/themes/*.toml`. Colour is
//! never the only sign: every role that matters has a modifier or a glyph beside it, and `mono` uses no colour
//! at all. Called by `app` at the start and by every widget. Not here: detecting the terminal (`terminal`).

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};

/// What a stretch of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text of the second rank: times, counts, hints.
    Dim,
    /// A heading.
    Title,
    /// The line or field the keys go to.
    Focus,
    /// The selected line of a pane that has not the keys.
    Chosen,
    /// Something marked by the trainer.
    Marked,
    /// Well done, accepted, agreed.
    Good,
    /// Wrong, failed, refused.
    Bad,
    /// Unsure: look here.
    Doubt,
    /// A key in a hint.
    Key,
    /// Borders and rules.
    Border,
    /// The header and the footer.
    Bar,
    /// The tab one is on.
    Tab,
    /// The notice line.
    Notice,
    /// A customer speaks.
    Customer,
    /// An agent speaks.
    Agent,
    /// The bot speaks.
    Bot,
    /// A word that sets something apart, a match of a search.
    Word,
    /// A filled piece of a bar or a gauge.
    Fill,
}

impl Role {
    pub const ALL: [Role; 19] = [
        Role::Text,
        Role::Dim,
        Role::Title,
        Role::Focus,
        Role::Chosen,
        Role::Marked,
        Role::Good,
        Role::Bad,
        Role::Doubt,
        Role::Key,
        Role::Border,
        Role::Bar,
        Role::Tab,
        Role::Notice,
        Role::Customer,
        Role::Agent,
        Role::Bot,
        Role::Word,
        Role::Fill,
    ];

    /// Returns the word the theme files use.
    pub fn name(self) -> &'static str {
        match self {
            Role::Text => "text",
            Role::Dim => "dim",
            Role::Title => "title",
            Role::Focus => "focus",
            Role::Chosen => "chosen",
            Role::Marked => "marked",
            Role::Good => "good",
            Role::Bad => "bad",
            Role::Doubt => "doubt",
            Role::Key => "key",
            Role::Border => "border",
            Role::Bar => "bar",
            Role::Tab => "tab",
            Role::Notice => "notice",
            Role::Customer => "customer",
            Role::Agent => "agent",
            Role::Bot => "bot",
            Role::Word => "word",
            Role::Fill => "fill",
        }
    }
}

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    None,
    Sixteen,
    Indexed,
    True,
}

/// The signs that stand beside colours and draw bars and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    pub here: &'static str,
    pub marked: &'static str,
    pub good: &'static str,
    pub bad: &'static str,
    pub doubt: &'static str,
    /// Eighths of a bar's cell, from one eighth to full.
    pub eighths: &'static [&'static str],
    /// Five steps from empty to full, for heat maps.
    pub shades: [&'static str; 5],
    pub vertical: &'static str,
    pub horizontal: &'static str,
    pub corners: [&'static str; 4],
    pub saved: &'static str,
    pub more: &'static str,
}

/// For terminals that speak UTF-8.
pub const GLYPHS: Glyphs = Glyphs {
    here: "▶",
    marked: "◆",
    good: "✓",
    bad: "✗",
    doubt: "?",
    eighths: &["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    shades: [" ", "░", "▒", "▓", "█"],
    vertical: "│",
    horizontal: "─",
    corners: ["┌", "┐", "└", "┘"],
    saved: "✓",
    more: "▾",
};

/// For those that do not.
pub const ASCII_GLYPHS: Glyphs = Glyphs {
    here: ">",
    marked: "*",
    good: "+",
    bad: "x",
    doubt: "?",
    eighths: &["#"],
    shades: [" ", ".", "-", "+", "#"],
    vertical: "|",
    horizontal: "-",
    corners: ["+", "+", "+", "+"],
    saved: "+",
    more: "v",
};

/// The styles of all roles, in this terminal's colours.
#[derive(Debug, Clone)]
pub struct Theme {
    styles: [Style; Role::ALL.len()],
    pub glyphs: Glyphs,
    pub depth: Depth,
}

/// The themes that come with the program: name and text.
pub const THEMES: [(&str, &str); 3] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("mono", include_str!("../../assets/themes/mono.toml")),
];

/// A theme file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no theme {0:?}")]
    Unknown(String),
    #[error("theme: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("theme: no role {0:?}")]
    Role(String),
    #[error("theme: {role}: no colour or modifier {word:?}")]
    Word { role: String, word: String },
}

impl Theme {
    /// Returns the built-in theme of that name; a terminal without colour always gets `mono`.
    pub fn named(name: &str, depth: Depth) -> Result<Self, Error> {
        let name = if depth == Depth::None { "mono" } else { name };
        let (_, text) = THEMES.iter().find(|(n, _)| *n == name).ok_or_else(|| Error::Unknown(name.to_owned()))?;
        Self::parse(text, depth)
    }

    /// Reads a theme: `role = "fg on bg modifier …"`.
    pub fn parse(text: &str, depth: Depth) -> Result<Self, Error> {
        let lines: BTreeMap<String, String> = toml::from_str(text)?;
        let mut styles = [Style::new(); Role::ALL.len()];
        for (name, words) in &lines {
            let role = Role::ALL.into_iter().find(|r| r.name() == name).ok_or_else(|| Error::Role(name.clone()))?;
            styles[role as usize] =
                style(words, depth).map_err(|word| Error::Word { role: name.clone(), word: word.to_owned() })?;
        }
        Ok(Self { styles, glyphs: GLYPHS, depth })
    }

    /// Returns the style of a role.
    pub fn of(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// Draws with ASCII signs alone.
    pub fn in_ascii(self) -> Self {
        Self { glyphs: ASCII_GLYPHS, ..self }
    }
}

/// Reads `cyan on #202020 bold`; returns the word that means nothing.
fn style(words: &str, depth: Depth) -> Result<Style, &str> {
    let mut style = Style::new();
    let mut on = false;
    for word in words.split_whitespace() {
        let modifier = match word {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reversed" => Modifier::REVERSED,
            _ => Modifier::empty(),
        };
        if !modifier.is_empty() {
            style = style.add_modifier(modifier);
        } else if word == "on" {
            on = true;
        } else {
            let colour = colour(word).ok_or(word)?;
            if let Some(colour) = at_depth(colour, depth) {
                style = if on { style.bg(colour) } else { style.fg(colour) };
            }
            on = false;
        }
    }
    Ok(style)
}

/// The sixteen colours with the values most terminals give them, in the order of their numbers.
const SIXTEEN: [(&str, Color, [u8; 3]); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("gray", Color::Gray, [229, 229, 229]),
    ("darkgray", Color::DarkGray, [127, 127, 127]),
    ("lightred", Color::LightRed, [255, 0, 0]),
    ("lightgreen", Color::LightGreen, [0, 255, 0]),
    ("lightyellow", Color::LightYellow, [255, 255, 0]),
    ("lightblue", Color::LightBlue, [92, 92, 255]),
    ("lightmagenta", Color::LightMagenta, [255, 0, 255]),
    ("lightcyan", Color::LightCyan, [0, 255, 255]),
    ("white", Color::White, [255, 255, 255]),
];

fn colour(word: &str) -> Option<Color> {
    if let Some(hex) = word.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii()) {
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
        return Some(Color::Rgb(part(0)?, part(2)?, part(4)?));
    }
    if word == "default" {
        return Some(Color::Reset);
    }
    SIXTEEN
        .iter()
        .find(|(name, ..)| *name == word)
        .map(|(_, colour, _)| *colour)
        .or_else(|| word.parse().ok().map(Color::Indexed))
}

/// Returns the colour, or the nearest one the terminal has; `None` where it has none.
fn at_depth(colour: Color, depth: Depth) -> Option<Color> {
    match (colour, depth) {
        (_, Depth::None) => None,
        (Color::Rgb(..), Depth::True) | (Color::Indexed(_), Depth::True | Depth::Indexed) => Some(colour),
        (Color::Rgb(r, g, b), Depth::Indexed) => {
            let step = |v: u8| (u16::from(v) * 5 + 127) / 255;
            Some(Color::Indexed((16 + 36 * step(r) + 6 * step(g) + step(b)) as u8))
        }
        (Color::Rgb(r, g, b), Depth::Sixteen) => Some(nearest([r, g, b])),
        (Color::Indexed(n), Depth::Sixteen) => Some(match n {
            0..=15 => SIXTEEN[usize::from(n)].1,
            16..=231 => {
                let level = |v: u8| if v == 0 { 0 } else { 55 + v * 40 };
                nearest([level((n - 16) / 36), level((n - 16) / 6 % 6), level((n - 16) % 6)])
            }
            _ => nearest([8 + (n - 232) * 10; 3]),
        }),
        _ => Some(colour),
    }
}

fn nearest(rgb: [u8; 3]) -> Color {
    let distance = |other: [u8; 3]| -> u32 { (0..3).map(|i| u32::from(rgb[i].abs_diff(other[i])).pow(2)).sum() };
    SIXTEEN.iter().min_by_key(|(_, _, value)| distance(*value)).map_or(Color::Reset, |(_, colour, _)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_gives_every_role_a_line() {
        for (name, text) in THEMES {
            let lines: BTreeMap<String, String> = toml::from_str(text).unwrap();
            for role in Role::ALL {
                assert!(lines.contains_key(role.name()), "{name} has no {}", role.name());
            }
            for depth in [Depth::None, Depth::Sixteen, Depth::Indexed, Depth::True] {
                Theme::parse(text, depth).unwrap();
            }
        }
    }

    #[test]
    fn roles_stand_in_the_order_of_their_list() {
        for (at, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, at);
        }
    }

    #[test]
    fn without_colour_no_style_has_one() {
        for (_, text) in THEMES {
            let theme = Theme::parse(text, Depth::None).unwrap();
            assert!(Role::ALL.iter().all(|r| theme.of(*r).fg.is_none() && theme.of(*r).bg.is_none()));
        }
    }

    #[test]
    fn what_matters_shows_without_colour() {
        let theme = Theme::named("dark", Depth::None).unwrap();
        for role in [Role::Focus, Role::Chosen, Role::Title, Role::Tab, Role::Bad, Role::Doubt, Role::Key, Role::Word] {
            assert!(!theme.of(role).add_modifier.is_empty(), "{}", role.name());
        }
        assert_ne!(theme.of(Role::Focus), theme.of(Role::Chosen));
    }

    #[test]
    fn sixteen_colours_get_none_that_needs_more() {
        for (_, text) in THEMES {
            let theme = Theme::parse(text, Depth::Sixteen).unwrap();
            for style in Role::ALL.map(|r| theme.of(r)) {
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour:?}");
                }
            }
        }
        assert_eq!(nearest([250, 10, 10]), Color::LightRed);
    }

    #[test]
    fn a_wrong_word_is_named() {
        assert!(
            matches!(Theme::parse("text = \"cyann\"", Depth::True), Err(Error::Word { word, .. }) if word == "cyann")
        );
        assert!(matches!(Theme::parse("txt = \"cyan\"", Depth::True), Err(Error::Role(role)) if role == "txt"));
        assert!(matches!(Theme::named("pink", Depth::True), Err(Error::Unknown(_))));
    }
}
