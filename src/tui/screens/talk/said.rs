//! What was said in the chat, and what is waited for.

use crate::domain::conversation::Role as Speaker;
use crate::i18n::fill;
use crate::tui::action::{Action, Scope};
use crate::tui::screen::Look;
use crate::tui::widgets::chat::Bubble;
use crate::workbench::talk::Chat;

/// Returns a chat as it is shown; `waits` names the call that its last message waits for.
pub fn bubbles(chat: &Chat, waits: Option<&str>, look: &Look) -> Vec<Bubble> {
    let (customer, bot) = (look.words.label.customer, look.words.label.bot);
    let bubble =
        |speaker, name: &str, text: String| Bubble { speaker, name: name.to_string(), text, remark: String::new() };
    let mut bubbles = Vec::new();
    for exchange in &chat.exchanges {
        if let Some(said) = &exchange.said {
            bubbles.push(bubble(Speaker::Customer, customer, said.clone()));
        }
        if let Some(seconds) = exchange.silence() {
            let silence = fill(look.words.talk.silence, &[("seconds", &seconds.to_string())]);
            bubbles.push(bubble(Speaker::System, customer, silence));
        }
        for reply in &exchange.record.outcome.replies {
            let mut text = reply.text.clone();
            for (place, option) in reply.options.iter().enumerate() {
                text.push_str(&format!("\n{}. {option}", place + 1));
            }
            bubbles.push(bubble(Speaker::Bot, bot, text));
        }
    }
    if let (Some(said), Some(call)) = (chat.waits(), waits) {
        let key = look.key(Scope::Global, Action::Back);
        bubbles.push(bubble(Speaker::Customer, customer, said.to_string()));
        let calling = bubble(Speaker::System, bot, fill(look.words.talk.calling, &[("name", call)]));
        bubbles.push(Bubble { remark: fill(look.words.talk.call_stops, &[("key", &key)]), ..calling });
    }
    bubbles
}
