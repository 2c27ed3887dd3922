//! Stage 2: how the customer feels, and what that changes: an apology, fewer questions, a person.

use crate::dialogue::event::Event;
use crate::dialogue::guard::eval::holds;
use crate::dialogue::trace::{MoodSeen, Reason};
use crate::dialogue::turn::handoff::hand_off;
use crate::dialogue::turn::talk::{Next, Talk};

/// A mood told by words alone stands at least here.
const TOLD: f32 = 0.6;

pub(crate) fn mood(talk: &mut Talk) -> Next {
    if talk.policy.moods.is_empty() {
        talk.note(2, false, Reason::NoMoods);
        return Next::Go;
    }
    let mut seen = Vec::new();
    for mood in &talk.policy.moods {
        let mut view = talk.view(talk.state.top());
        let own = view.scores.iter().find(|(name, _)| *name == mood.name).map_or(0.0, |(_, score)| *score);
        view.score = own;
        let hit = holds(&mood.when.expr, &view);
        let score = if hit { own.max(TOLD) } else { own };
        talk.emit(Event::Felt { mood: mood.name.clone(), score, hit });
        let state = talk.state.moods[&mood.name];
        if state.count > 0 {
            talk.cap = talk.cap.min(mood.clarify.unwrap_or(u32::MAX));
        }
        seen.push(MoodSeen {
            mood: mood.name.clone(),
            score,
            hit,
            level: state.level,
            count: state.count,
            limit: mood.handoff_after,
        });
        if hit && let Some(text) = talk.choose(&format!("mood.{}", mood.name), &mood.say, &[]) {
            talk.prefix.push(text);
        }
    }
    for (mood, seen) in talk.policy.moods.iter().zip(&seen) {
        let limit = mood.handoff_after.filter(|limit| seen.hit && seen.count >= *limit);
        let queue = mood.to.as_deref().or_else(|| talk.policy.human_queue());
        if let (Some(limit), Some(queue)) = (limit, queue) {
            let reason =
                Reason::MoodHandoff { mood: mood.name.clone(), count: seen.count, limit, queue: queue.to_owned() };
            talk.note(2, true, reason);
            hand_off(talk, queue, &format!("mood:{}", mood.name));
            return Next::Listen;
        }
    }
    let fired = seen.iter().any(|m| m.hit);
    talk.note(2, fired, Reason::Moods { moods: seen, cap: talk.cap });
    Next::Go
}
