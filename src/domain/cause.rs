//! Why a bot answers wrongly: the fixed list trainers choose from, and what mends each.

macro_rules! causes {
    ($($name:ident = $word:literal => $repair:ident),* $(,)?) => {
        /// A cause of a mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Cause { $($name),* }

        impl Cause {
            pub const ALL: &'static [Cause] = &[$(Cause::$name),*];

            /// Returns the word the store keeps and files say.
            pub fn name(self) -> &'static str {
                match self { $(Cause::$name => $word),* }
            }

            /// Returns the cause with that word.
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|cause| cause.name() == word)
            }

            /// Returns what mends it.
            pub fn repair(self) -> Repair {
                match self { $(Cause::$name => Repair::$repair),* }
            }
        }
    };
}

causes! {
    NoKnowledge = "no-knowledge" => NewIntent,
    FewSimilar = "few-similar" => TeachHere,
    Conflict = "conflict" => TellApart,
    LimitTooHigh = "limit-too-high" => Limits,
    LimitTooLow = "limit-too-low" => Limits,
    SeveralIntents = "several-intents" => Policy,
    NoContext = "no-context" => Policy,
    WrongSlot = "wrong-slot" => Policy,
    Misheard = "misheard" => Dictionary,
    HalfSaid = "half-said" => Policy,
    StaleAnswer = "stale-answer" => Answer,
    Loop = "loop" => Policy,
    NotSoothed = "not-soothed" => Policy,
    NotHandedOver = "not-handed-over" => Policy,
    Mislabelled = "mislabelled" => Relabel,
}

/// What mends a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repair {
    /// Make an intent of the text.
    NewIntent,
    /// Write more similar questions for the intent it truly has.
    TeachHere,
    /// Add a question that tells the two intents apart.
    TellApart,
    /// Look at what other limits would do.
    Limits,
    /// Change the policy.
    Policy,
    /// Teach the cleaning what was meant.
    Dictionary,
    /// Write the answer anew.
    Answer,
    /// Take the model's intent as the label.
    Relabel,
}

impl Repair {
    pub const ALL: [Repair; 8] = [
        Repair::NewIntent,
        Repair::TeachHere,
        Repair::TellApart,
        Repair::Limits,
        Repair::Policy,
        Repair::Dictionary,
        Repair::Answer,
        Repair::Relabel,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_and_the_list_is_whole() {
        assert_eq!(Cause::ALL.len(), 15);
        for cause in Cause::ALL {
            assert_eq!(Cause::named(cause.name()), Some(*cause));
        }
        assert_eq!(Cause::named("bad luck"), None);
    }
}
