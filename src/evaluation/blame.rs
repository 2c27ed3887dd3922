//! The likeliest cause of a mistake, to be confirmed or changed by the trainer.
//!
//! Called by `workbench::evaluate`. It sees one text with its numbers; what went on around it (context, mood, flow)
//! only the trainer knows.

use crate::domain::cause::Cause;
use crate::domain::ids::IntentId;
use crate::domain::prediction::Prediction;

/// What is known of a mistake.
#[derive(Debug, Clone, Copy)]
pub struct Mistake<'a> {
    pub text: &'a str,
    pub gold: Option<IntentId>,
    pub prediction: &'a Prediction,
    /// Examples of the true intent.
    pub examples: usize,
    /// How often the two intents were taken for each other, this text included.
    pub confused: usize,
    /// Whether the label itself looks wrong (`doubt::suspects`).
    pub suspicious: bool,
}

/// An intent with fewer examples has too few.
const FEW: usize = 10;
/// Two intents confused so often are in conflict.
const OFTEN: usize = 3;
/// A text of so few characters is half said.
const SHORT: usize = 3;

/// Returns the likeliest cause.
pub fn suggest(mistake: &Mistake) -> Cause {
    let best = mistake.prediction.best().and_then(|guess| guess.intent);
    let letters = mistake.text.chars().filter(|c| c.is_alphanumeric()).count();
    if mistake.suspicious {
        Cause::Mislabelled
    } else if mistake.gold.is_none() {
        Cause::LimitTooLow
    } else if mistake.examples < FEW {
        Cause::FewSimilar
    } else if letters <= SHORT {
        Cause::HalfSaid
    } else if best.is_none() {
        Cause::LimitTooHigh
    } else if mistake.confused >= OFTEN {
        Cause::Conflict
    } else {
        Cause::FewSimilar
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prediction::Guess;

    fn check(change: impl Fn(&mut Mistake), cause: Cause) {
        let prediction = Prediction { guesses: vec![Guess { intent: Some(IntentId(2)), probability: 0.7 }] };
        let mut mistake = Mistake {
            text: "怎么把钱退回来",
            gold: Some(IntentId(1)),
            prediction: &prediction,
            examples: 40,
            confused: 1,
            suspicious: false,
        };
        change(&mut mistake);
        assert_eq!(suggest(&mistake), cause);
    }

    #[test]
    fn each_sign_points_to_its_cause() {
        static NONE: Prediction = Prediction { guesses: Vec::new() };
        check(|_| {}, Cause::FewSimilar);
        check(|m| m.suspicious = true, Cause::Mislabelled);
        check(|m| m.gold = None, Cause::LimitTooLow);
        check(|m| m.prediction = &NONE, Cause::LimitTooHigh);
        check(|m| m.confused = 5, Cause::Conflict);
        check(|m| m.text = "退款？", Cause::HalfSaid);
        check(|m| (m.examples, m.confused) = (4, 9), Cause::FewSimilar);
    }
}
