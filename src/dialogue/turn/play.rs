//! Running a turn through its stages.

use crate::dialogue::event::Event;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::state::State;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::heard::{Clock, Heard, Knowledge, Outcome};
use crate::dialogue::turn::outside::{Nothing, Outside};
use crate::dialogue::turn::talk::{Next, Talk};
use crate::dialogue::turn::{after, ambiguous, confident, correction, freeze, hard, low, mood, pending, run};

/// Greets: the first opening whose guard holds.
pub fn open(policy: &Policy, clock: &Clock, channel: &str) -> Outcome {
    let heard = Heard { now: clock.clone(), channel: channel.to_owned(), ..Heard::default() };
    let knowledge = Knowledge::default();
    let mut talk = Talk::new(policy, &knowledge, State::default(), &heard, &Nothing);
    after::open(&mut talk);
    talk.finish()
}

/// Decides one turn. The same arguments always give the same outcome; what the outside said is among them
/// ([`Heard::calls`]), and what it did not say the policy's own rows do.
///
/// ```
/// use daoshi::dialogue::policy::read::read;
/// use daoshi::dialogue::state::State;
/// use daoshi::dialogue::turn::heard::{Heard, Knowledge};
/// use daoshi::dialogue::turn::play::turn;
///
/// let policy = read("
/// entities: {product: {values: [活期宝, 稳盈], ask: 您说的是哪个产品？}}
/// topics: {risk: {label: 问风险, needs: [product], do: [{say: <product>不保证本金。}]}}
/// ").unwrap();
/// let heard = Heard { text: "安全吗".into(), intents: [("risk".into(), 0.9)].into(), ..Heard::default() };
/// let first = turn(&policy, &Knowledge::default(), &State::default(), &heard);
/// assert_eq!(first.replies[0].text, "您说的是哪个产品？");
/// assert_eq!(first.trace.len(), 10);
///
/// let heard = Heard { text: "2".into(), ..Heard::default() };
/// let second = turn(&policy, &Knowledge::default(), &State::of(&first.events), &heard);
/// assert_eq!(second.replies[0].text, "稳盈不保证本金。");
/// ```
pub fn turn(policy: &Policy, knowledge: &Knowledge, state: &State, heard: &Heard) -> Outcome {
    step(policy, knowledge, state.clone(), heard).0
}

/// Decides one turn and returns the state after it too: what [`turn`] decides, without another fold of its events.
pub fn step(policy: &Policy, knowledge: &Knowledge, state: State, heard: &Heard) -> (Outcome, State) {
    asking(policy, knowledge, state, heard, &Nothing)
}

/// Decides one turn as [`step`] does, and asks the outside for what is not among what was heard.
pub fn asking(
    policy: &Policy,
    knowledge: &Knowledge,
    state: State,
    heard: &Heard,
    outside: &dyn Outside,
) -> (Outcome, State) {
    let mut talk = Talk::new(policy, knowledge, state, heard, outside);
    freeze::freeze(&mut talk);
    type Stage = fn(&mut Talk) -> Next;
    let stages: [(u8, Stage); 7] = [
        (1, hard::hard),
        (2, mood::mood),
        (3, correction::correction),
        (4, pending::pending),
        (5, confident::confident),
        (6, ambiguous::ambiguous),
        (7, low::low),
    ];
    let mut next = Next::Go;
    let mut by = 7;
    for (stage, decide) in stages {
        let open = next == Next::Go || next == Next::Low && stage == 7;
        if !open {
            talk.note(stage, false, Reason::Decided { by });
            continue;
        }
        let came = decide(&mut talk);
        if came != Next::Go {
            (next, by) = (came, stage);
        }
    }
    if next == Next::Run {
        run::run(&mut talk);
    } else {
        talk.note(8, false, Reason::Decided { by });
    }
    after::after(&mut talk);
    let state = std::mem::take(&mut talk.state);
    (talk.finish(), state)
}

/// Speaks into a silence of so many seconds: asks once whether the customer is there, then closes.
pub fn idle(policy: &Policy, state: &State, seconds: u32, clock: &Clock, channel: &str) -> Outcome {
    let heard = Heard { now: clock.clone(), channel: channel.to_owned(), ..Heard::default() };
    let knowledge = Knowledge::default();
    let mut talk = Talk::new(policy, &knowledge, state.clone(), &heard, &Nothing);
    let limit = policy.close.idle;
    let over = |times: u32| limit.is_some_and(|limit| seconds >= limit.saturating_mul(times));
    let busy = state.closed || state.handed.is_some();
    let closes = !busy && over(2) && state.idled;
    if closes {
        after::close(&mut talk);
    } else if !busy && over(1) && !state.idled {
        talk.emit(Event::Idled);
        if let Some(text) = talk.choose("close.idle_say", &policy.close.idle_say, &[]) {
            talk.reply(text, Vec::new());
        }
    }
    let fired = !talk.events.is_empty();
    talk.note(9, fired, Reason::Idle { seconds, limit, closed: closes });
    talk.finish()
}
