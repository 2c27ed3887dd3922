//! What a trainer sets for a project: the words the store keeps settings by, and changes of them are logged by.

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// A setting of a project that a trainer changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Setting { $($(#[$doc])* $name),* }

        impl Setting {
            pub const ALL: &'static [Setting] = &[$(Setting::$name),*];

            /// Returns the word the store keeps.
            pub const fn name(self) -> &'static str {
                match self { $(Setting::$name => $word),* }
            }

            /// Returns the setting of that word.
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|setting| setting.name() == word)
            }
        }
    };
}

settings! {
    /// The share of texts that several trainers label.
    Overlap = "overlap",
    /// The encoder that reads the project's texts; absent for the one in the box.
    Encoder = "encoder",
    /// What wrong answers, questions and people cost.
    Costs = "costs",
    /// How texts are read for grouping.
    Reading = "group-encoder",
    /// After how many decisions the model learns anew.
    Relearn = "relearn",
    /// The forecast that is kept.
    Forecast = "forecast",
}
