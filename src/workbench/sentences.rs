//! Which turns are pieces of one sentence, for turns that come and for turns that are kept, by one rule.
//!
//! A sentence's first turn carries the joined text as its utterance; the others point to it and keep their own
//! clean text with its way back, so a stretch of the whole leads to the raw turn it came from
//! (`text::fragments::to_raw`). Called by `import` and `clean`.

use nohash_hasher::IntMap;
use rayon::prelude::*;

use crate::domain::conversation::{Channel, Role};
use crate::domain::ids::ConversationId;
use crate::store::cleaning::{CleanTurn, KeptTurn, Recleaned};
use crate::text::clean::aside::Aside;
use crate::text::clean::cleaner::Cleaner;
use crate::text::clean::rule::Rule;
use crate::text::fragments::{Piece, Sentence, Traits, joined};
use crate::workbench::current::{settle, utterance};

/// Returns what merging looks at in a cleaned turn; `None` when the turn is never a piece of a longer sentence.
pub(in crate::workbench) fn traits(
    cleaner: &Cleaner,
    clean: &CleanTurn,
    role: Role,
    channel: Channel,
    whole: bool,
) -> Option<Traits> {
    let text = clean.text.as_deref().unwrap_or("");
    // What broke off is what most needs its other half.
    let taught = clean.utterance.is_some() || clean.aside.as_deref() == Some(Aside::Incomplete.name());
    let may = !whole
        && role == Role::Customer
        && matches!(channel, Channel::Chat | Channel::Call)
        && taught
        && cleaner.rules().has(Rule::Fragments);
    may.then(|| Traits::of(text))
}

/// How a turn stands to the sentence before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workbench) enum Seam {
    Begins,
    GoesOn,
    /// The sentence before it is out of sight.
    Unknown,
}

/// The last sentence of each conversation that was heard of lately.
#[derive(Default)]
pub(in crate::workbench) struct Seams {
    fresh: IntMap<i64, Open>,
    old: IntMap<i64, Open>,
}

/// A conversation that was seen from its first turn, or from a sentence on.
#[derive(Default)]
struct Open {
    /// `None` while nothing was said that another turn could go on with.
    sentence: Option<Sentence>,
    /// Whether somebody else spoke since.
    interrupted: bool,
}

impl Seams {
    /// Tells how the next turn of a conversation stands to the one before; `piece` is `None` for a turn that is no piece.
    ///
    /// `joined` is what a trainer said about the seam, `first` whether it is the conversation's first turn.
    pub(in crate::workbench) fn next(
        &mut self,
        conversation: i64,
        piece: Option<&Piece>,
        joined: Option<bool>,
        first: bool,
    ) -> Seam {
        if let Some(open) = self.old.remove(&conversation) {
            self.fresh.insert(conversation, open);
        }
        let known = first || self.fresh.contains_key(&conversation);
        if !known && piece.is_none() {
            return Seam::Begins;
        }
        let open = self.fresh.entry(conversation).or_default();
        let Some(piece) = piece else {
            open.interrupted = true;
            return Seam::Begins;
        };
        let uninterrupted = !std::mem::take(&mut open.interrupted);
        if let Some(sentence) = &mut open.sentence
            && joined != Some(false)
            && (joined == Some(true) || uninterrupted && sentence.goes_on(piece))
        {
            sentence.add(piece);
            return Seam::GoesOn;
        }
        open.sentence = Some(Sentence::begin(piece));
        if known { Seam::Begins } else { Seam::Unknown }
    }

    /// Forgets conversations that were not heard of since the last call but one.
    pub(in crate::workbench) fn age(&mut self) {
        self.old = std::mem::take(&mut self.fresh);
    }
}

/// Makes one sentence of the pieces of a conversation; the first carries it. `false` when they say nothing even so.
pub(in crate::workbench) fn join(pieces: &mut [&mut CleanTurn]) -> bool {
    if pieces.len() < 2 || pieces.iter().all(|piece| piece.aside.is_some()) {
        return false;
    }
    let (text, _) = joined(pieces.iter().map(|piece| piece.text.as_deref().unwrap_or("")));
    for piece in pieces.iter_mut() {
        piece.aside = None;
        piece.utterance = None;
    }
    let head = &mut pieces[0];
    head.utterance = Some(utterance(&text));
    if !head.hits.is_empty() {
        head.hits.push(' ');
    }
    head.hits.push_str(Rule::Fragments.name());
    true
}

/// Cleans kept turns anew, in the order of their conversations, and collects those that come out otherwise.
pub(in crate::workbench) struct Anew<'c> {
    cleaner: &'c Cleaner,
    conversation: Option<ConversationId>,
    seams: Seams,
    group: Vec<(KeptTurn, CleanTurn)>,
    fresh: Vec<Recleaned>,
}

impl<'c> Anew<'c> {
    /// Returns a cleaning that has seen nothing yet.
    pub(in crate::workbench) fn new(cleaner: &'c Cleaner) -> Self {
        Self { cleaner, conversation: None, seams: Seams::default(), group: Vec::new(), fresh: Vec::new() }
    }

    /// Cleans some more turns.
    pub(in crate::workbench) fn take(&mut self, turns: Vec<KeptTurn>) {
        let settled: Vec<(CleanTurn, Option<Traits>)> = turns
            .par_iter()
            .map(|turn| {
                let kept = turn.labelled || turn.returned;
                let clean = settle(self.cleaner, &turn.raw, turn.role, turn.channel, kept);
                let whole = turn.alone || turn.labelled;
                let traits = traits(self.cleaner, &clean, turn.role, turn.channel, whole);
                (clean, traits)
            })
            .collect();
        for (turn, (clean, traits)) in turns.into_iter().zip(settled) {
            if self.conversation != Some(turn.conversation) {
                self.close();
                self.conversation = Some(turn.conversation);
                self.seams = Seams::default();
            }
            let piece = traits.map(|traits| Piece { role: turn.role, at: turn.at, traits });
            match self.seams.next(turn.conversation.0, piece.as_ref(), turn.joined, false) {
                Seam::GoesOn => self.group.push((turn, clean)),
                _ if piece.is_none() => self.keep(turn, clean, None),
                _ => {
                    self.close();
                    self.group.push((turn, clean));
                }
            }
        }
    }

    /// Hands over what differs so far; the sentence that may go on waits.
    pub(in crate::workbench) fn fresh(&mut self) -> Vec<Recleaned> {
        std::mem::take(&mut self.fresh)
    }

    /// Ends the last sentence and hands over the rest.
    pub(in crate::workbench) fn finish(mut self) -> Vec<Recleaned> {
        self.close();
        self.fresh
    }

    fn close(&mut self) {
        let mut group = std::mem::take(&mut self.group);
        let mut pieces: Vec<&mut CleanTurn> = group.iter_mut().map(|(_, clean)| clean).collect();
        let head = join(&mut pieces).then(|| group[0].0.id);
        for (place, (turn, clean)) in group.into_iter().enumerate() {
            self.keep(turn, clean, head.filter(|_| place > 0));
        }
    }

    fn keep(&mut self, turn: KeptTurn, clean: CleanTurn, part_of: Option<crate::domain::ids::TurnId>) {
        let same = clean.text == turn.text
            && clean.offsets == turn.offsets
            && clean.hits == turn.hits
            && clean.aside == turn.aside
            && clean.utterance.as_ref().map(|utterance| utterance.hash) == turn.utterance
            && part_of == turn.part_of;
        if !same {
            self.fresh.push(Recleaned { turn: turn.id, clean, part_of });
        }
    }
}

/// Returns what the turns of one conversation come to, where that differs from what they are.
pub(in crate::workbench) fn anew(cleaner: &Cleaner, turns: Vec<KeptTurn>) -> Vec<Recleaned> {
    let mut anew = Anew::new(cleaner);
    anew.take(turns);
    anew.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn piece(text: &str) -> Piece {
        Piece { role: Role::Customer, at: None, traits: Traits::of(text) }
    }

    /// Seams of a conversation's turns from its first on; `None` for a turn that is no piece, such as an agent's.
    fn seams(turns: &[Option<&str>]) -> Vec<Seam> {
        let mut seams = Seams::default();
        let turns = turns.iter().enumerate();
        turns.map(|(place, text)| seams.next(1, text.map(piece).as_ref(), None, place == 0)).collect()
    }

    #[test]
    fn nothing_goes_on_over_somebody_elses_turn() {
        use Seam::{Begins, GoesOn};
        assert_eq!(seams(&[Some("我的卡"), Some("丢了怎么办")]), [Begins, GoesOn]);
        assert_eq!(seams(&[Some("我的卡"), None, Some("丢了怎么办")]), [Begins, Begins, Begins]);
        assert_eq!(seams(&[None, Some("我的卡"), Some("丢了")]), [Begins, Begins, GoesOn]);
    }

    #[test]
    fn a_conversation_seen_in_its_middle_has_a_sentence_out_of_sight() {
        let mut seams = Seams::default();
        assert_eq!(seams.next(1, Some(&piece("丢了怎么办")), None, false), Seam::Unknown);
        assert_eq!(seams.next(1, None, None, false), Seam::Begins);
        assert_eq!(seams.next(1, Some(&piece("我的卡")), None, false), Seam::Begins);
    }

    proptest! {
        #[test]
        fn of_a_conversation_seen_from_its_first_turn_nothing_is_out_of_sight(
            turns in prop::collection::vec(prop::option::of(prop::sample::select(vec!["我的卡", "丢了", "你好", "ok"])), 1..12),
        ) {
            prop_assert!(!seams(&turns).contains(&Seam::Unknown));
        }
    }
}
