//! Erasing for good, window by window: what, then a question that says what goes.
//!
//! A screen begins it, passes on the answers it gets while it lasts, and starts the job it ends in.

use crate::domain::ids::ConversationId;
use crate::explain;
use crate::i18n::Words;
use crate::jobs::job::Job;
use crate::store::gone::Target;
use crate::tui::screen::{Answer, Desk, Effect};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::workbench::error::Result;
use crate::workbench::upkeep;

/// A purge being asked for.
pub struct Erase {
    /// What the list offers.
    offers: Vec<Offer>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    Conversation(ConversationId),
    Words,
    Days,
    Withdrawn,
    All,
}

enum Stage {
    What,
    Words,
    Day,
    Sure(Target),
}

impl Erase {
    /// Returns the purge and the window that asks what is to go; a conversation is offered where there is one.
    pub fn begin(conversation: Option<ConversationId>, words: &Words) -> (Self, Effect) {
        let t = &words.privacy;
        let mut offers: Vec<Offer> = conversation.map(Offer::Conversation).into_iter().collect();
        offers.extend([Offer::Words, Offer::Days, Offer::Withdrawn, Offer::All]);
        let items = offers
            .iter()
            .map(|offer| {
                let name = match offer {
                    Offer::Conversation(_) => t.of_conversation,
                    Offer::Words => t.of_words,
                    Offer::Days => t.of_days,
                    Offer::Withdrawn => t.of_withdrawn,
                    Offer::All => t.of_all,
                };
                Item::new(name, "")
            })
            .collect();
        (Self { offers, stage: Stage::What }, Effect::Open(Box::new(Choose::menu(t.title, items, 0))))
    }

    /// Takes the answer of a window; returns what goes on, if anything, and what to do next.
    pub fn answer(self, answer: Answer, desk: &mut Desk) -> Result<(Option<Self>, Effect)> {
        let t = &desk.words.privacy;
        let target = match (&self.stage, answer) {
            (Stage::What, Answer::Chosen(at)) => match self.offers.get(at) {
                Some(Offer::Conversation(id)) => Target::Conversation(*id),
                Some(Offer::Words) => {
                    let window = Write::line(t.words, t.words_hint, "");
                    return Ok((Some(Self { stage: Stage::Words, ..self }), Effect::Open(Box::new(window))));
                }
                Some(Offer::Days) => {
                    let window = Write::line(t.day, t.day_hint, "");
                    return Ok((Some(Self { stage: Stage::Day, ..self }), Effect::Open(Box::new(window))));
                }
                Some(Offer::Withdrawn) => Target::Withdrawn,
                Some(Offer::All) => Target::Everything,
                None => return Ok((None, Effect::None)),
            },
            (Stage::Words, Answer::Text(words)) if !words.trim().is_empty() => {
                Target::Matching(words.trim().to_string())
            }
            (Stage::Day, Answer::Text(day)) => match upkeep::day(day.trim()) {
                Some(at) => Target::Before(at),
                None => {
                    let wrong = crate::i18n::fill(desk.words.command.date, &[("word", day.trim())]);
                    return Ok((None, Effect::Say(wrong)));
                }
            },
            (Stage::Sure(target), Answer::Sure) => {
                return Ok((None, Effect::Start(Job::Purge { target: target.clone() })));
            }
            _ => return Ok((None, Effect::None)),
        };
        let preview = upkeep::would_purge(&mut desk.project, &target)?;
        if preview.is_nothing() {
            return Ok((None, Effect::Say(t.nothing.to_string())));
        }
        let question = explain::erased::erased(&preview.erased, preview.backups.len(), t.ask, desk.words);
        Ok((Some(Self { stage: Stage::Sure(target), ..self }), Effect::Ask(question)))
    }
}
