//! Hiding personal data in what is shown before it is cleaned: a file's preview, rows that were not taken.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::domain::conversation::{Channel, Role};
use crate::text::clean::cleaner::{Cleaned, Cleaner};
use crate::text::clean::rule::{Rule, RuleSet};

/// Returns `text` with personal data hidden; unchanged when it holds none.
///
/// ```
/// use daoshi::text::clean::masked::masked;
/// assert_eq!(masked("１３８００１３８０００！！"), "<phone>！！");
/// assert_eq!(masked("ＡＰＰ！！"), "ＡＰＰ！！");
/// ```
pub fn masked(text: &str) -> Cow<'_, str> {
    hiding(text).map_or(Cow::Borrowed(text), |cleaned| Cow::Owned(cleaned.text))
}

/// Returns `text` with personal data hidden and the way back to it; `None` when it holds none.
pub fn hiding(text: &str) -> Option<Cleaned> {
    static MASKS: LazyLock<Cleaner> = LazyLock::new(|| {
        // Numbers hide in full-width digits and behind characters that show nothing as well.
        let before = [Rule::ZeroWidth, Rule::Width];
        Cleaner::new(&Rule::ALL.into_iter().filter(|rule| rule.is_mask() || before.contains(rule)).collect::<RuleSet>())
    });
    let cleaned = MASKS.clean(text, Role::Agent, Channel::Chat);
    cleaned.hits.iter().any(|rule| rule.is_mask()).then_some(cleaned)
}
