//! What of `config.yml` decides: how far back stories must agree, and what is done when nothing decides.

use crate::domain::storybook::Storybook;
use crate::text::yaml::Node;

/// Takes the list under `policies`.
pub(super) fn policies(node: &Node, book: &mut Storybook) {
    for policy in node.items() {
        let name = policy.word_of("name").unwrap_or_default();
        let whole = |key: &str| policy.word_of(key).and_then(|word| word.parse::<usize>().ok());
        if name.ends_with("MemoizationPolicy") {
            book.history = whole("max_history").or(book.history);
        }
        let fallback = policy.word_of("core_fallback_action_name").or_else(|| policy.word_of("fallback_action_name"));
        book.fallback = fallback.or(book.fallback.take());
    }
}
