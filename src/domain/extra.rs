//! What a record of an imported file says that nobody here reads, kept to be given back to the program it came from.

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// The kind of file a record came from, so that its fields go back to no other.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Form { $($(#[$doc])* $name),* }

        impl Form {
            pub const ALL: &'static [Form] = &[$(Form::$name),*];

            /// Returns the word kept in the project.
            pub fn name(self) -> &'static str {
                match self { $(Form::$name => $word),* }
            }
        }
    };
}

forms! {
    /// Columns of a table or a workbook.
    Table = "table",
    /// Fields of plain JSON records.
    Records = "records",
    Prodigy = "prodigy",
    Doccano = "doccano",
    LabelStudio = "label-studio",
    Argilla = "argilla",
    Spacy = "spacy",
    FastText = "fasttext",
    Luis = "luis",
    Clu = "clu",
    Watson = "watson",
    HumanFirst = "humanfirst",
    DialogflowEs = "dialogflow-es",
    DialogflowCx = "dialogflow-cx",
}

impl Form {
    /// Returns the form with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.name() == word)
    }
}

/// Fields of a record that nobody here reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    pub form: Form,
    /// A JSON object, as its source wrote it.
    pub fields: String,
    /// Whether some fields were too large to keep.
    pub cut: bool,
}
