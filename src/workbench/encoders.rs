//! Which encoder reads the project's texts: the one in the box, or one of the trainer's own in a folder.
//!
//! The project keeps an encoder's name and where it lay; the weights stay in their folder. A model names the encoder
//! it needs, so that models of several may stand side by side.

use std::path::Path;

use crate::domain::event::Act;
use crate::domain::setting::Setting;
use crate::nlu;
use crate::nlu::encoder::sentence::{Encoder, NAME};
use crate::nlu::model::Model;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// The word for the encoder in the box.
pub const BUILT_IN: &str = "built-in";

/// The setting that holds the name of the project's encoder; absent for the one in the box.
const CHOSEN: &str = Setting::Encoder.name();

/// The setting that holds where an encoder lies.
fn folder_of(name: &str) -> String {
    format!("encoder-folder:{name}")
}

/// Lets the encoder of a folder, or the one in the box, read the project's texts from now on; one step to undo.
///
/// An encoder that lay elsewhere before is found in its new folder from now on.
pub fn choose(project: &mut Project, word: &str) -> Result<Encoder> {
    let chosen = self::chosen(project)?;
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: CHOSEN };
    if word == BUILT_IN {
        if chosen.is_some() {
            project.store.act(&deed, |recorder| recorder.remove_setting(CHOSEN))?;
        }
        return Ok(Encoder::built_in());
    }
    let folder = Path::new(word);
    let missing = |_| Error::NothingThere { path: folder.to_path_buf() };
    let folder = folder.canonicalize().map_err(missing)?;
    let encoder = Encoder::open(&folder)?;
    let (name, place) = (encoder.name().to_string(), folder.to_string_lossy().into_owned());
    let known = project.store.setting(&folder_of(&name))?;
    if chosen.as_deref() != Some(&name) || known.as_deref() != Some(&place) {
        project.store.act(&deed, |recorder| {
            recorder.put_setting(&folder_of(&name), &place)?;
            recorder.put_setting(CHOSEN, &name)
        })?;
    }
    project.encoders.borrow_mut().push(encoder.clone());
    Ok(encoder)
}

/// Returns the name of the encoder that reads the project's texts, without opening it; `None` for the one in the box.
pub fn chosen(project: &Project) -> Result<Option<String>> {
    Ok(project.store.setting(CHOSEN)?)
}

impl Project {
    /// Returns the encoder that reads the project's texts.
    pub fn encoder(&self) -> Result<Encoder> {
        match chosen(self)? {
            Some(name) => self.encoder_named(&name),
            None => Ok(Encoder::built_in()),
        }
    }

    /// Reads a model with the encoder it needs.
    pub(in crate::workbench) fn read_model(&self, bytes: &[u8]) -> Result<Model> {
        Model::from_bytes_with(bytes, &|name| self.encoder_named(name))
    }

    pub(in crate::workbench) fn encoder_named(&self, name: &str) -> Result<Encoder> {
        if name == NAME {
            return Ok(Encoder::built_in());
        }
        if let Some(known) = self.encoders.borrow().iter().find(|encoder| encoder.name() == name) {
            return Ok(known.clone());
        }
        let folder = self.store.setting(&folder_of(name))?;
        let folder = folder.ok_or_else(|| nlu::error::Error::Encoder { name: name.to_string() })?;
        let encoder = Encoder::open(Path::new(&folder))?;
        if encoder.name() != name {
            let (name, found) = (name.to_string(), encoder.name().to_string());
            return Err(nlu::error::Error::OtherEncoder { folder: folder.into(), name, found }.into());
        }
        self.encoders.borrow_mut().push(encoder.clone());
        Ok(encoder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_folder_changes_nothing() {
        let mut project = Project::in_memory("li").unwrap();
        assert!(matches!(choose(&mut project, "/nowhere/at/all"), Err(Error::NothingThere { .. })));
        assert_eq!(choose(&mut project, BUILT_IN).unwrap(), Encoder::built_in());
        assert_eq!(project.encoder().unwrap(), Encoder::built_in());
        assert!(project.undo().unwrap().is_none(), "nothing was done");
    }

    #[cfg(not(feature = "transformer"))]
    #[test]
    fn a_program_without_transformers_says_so() {
        let mut project = Project::in_memory("li").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let refused = choose(&mut project, &folder.path().to_string_lossy());
        assert!(matches!(refused, Err(Error::Nlu(nlu::error::Error::NoTransformers { .. }))));
        assert_eq!(project.encoder().unwrap(), Encoder::built_in());
    }

    #[cfg(feature = "transformer")]
    mod transformers {
        use super::*;
        use crate::domain::ids::UtteranceId;
        use crate::domain::label::LabelSource;
        use crate::nlu::algorithm::Algorithm;
        use crate::nlu::encoder::transformer::fixtures::{HIDDEN, write};
        use crate::nlu::encoder::tuning::TuneOptions;
        use crate::nlu::train::TrainOptions;
        use crate::progress::Quiet;
        use crate::workbench::label::{guess, label_texts};
        use crate::workbench::train::train;
        use crate::workbench::tune::tune;

        const OPTIONS: TrainOptions = TrainOptions { algorithm: Some(Algorithm::Softmax), seed: 1, c: 1.0 };

        fn project() -> Project {
            let mut project = Project::in_memory("li").unwrap();
            let lost =
                ["my card is lost", "i lost the card", "卡丢了", "我卡丢了怎么办", "the card is lost", "卡丢了怎么办"];
            let back = ["i want my money back", "how to refund", "我要退款", "怎么退款", "my money back", "退款怎么办"];
            let rows: Vec<(String, String)> = lost
                .into_iter()
                .map(|text| (text.to_string(), "挂失".to_string()))
                .chain(back.into_iter().map(|text| (text.to_string(), "退款".to_string())))
                .collect();
            label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
            project
        }

        fn folder(seed: u64) -> tempfile::TempDir {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), "bert", seed);
            folder
        }

        #[test]
        fn vectors_of_two_encoders_never_mix_and_a_model_keeps_its_own() {
            let mut project = project();
            let ids: Vec<UtteranceId> = (1..=12).map(UtteranceId).collect();
            let before = project.vectors(&ids, &Quiet).unwrap();
            let (one, two) = (folder(1), folder(2));
            choose(&mut project, &one.path().to_string_lossy()).unwrap();
            let vectors = project.vectors(&ids, &Quiet).unwrap();
            assert_eq!((vectors.width(), before.width()), (HIDDEN, 512));
            assert_eq!(project.store.vector_counts().unwrap().0, 12, "the latest encoder's are kept");
            train(&mut project, &OPTIONS, &Quiet).unwrap();
            guess(&mut project, &Quiet).unwrap();
            let model = project.model().unwrap().unwrap();
            choose(&mut project, &two.path().to_string_lossy()).unwrap();
            assert_ne!(project.vectors(&ids, &Quiet).unwrap(), vectors);
            // Read anew, the model still finds the encoder it was trained with.
            (project.model, project.encoders) = (None, Default::default());
            let again = project.model().unwrap().unwrap();
            assert_eq!(again.encoder(), model.encoder());
            assert_ne!(again.encoder(), Some(&project.encoder().unwrap()));
            assert_eq!(again.understand("我要退款"), model.understand("我要退款"));
            project.undo().unwrap();
            assert_eq!(project.encoder().unwrap(), *model.encoder().unwrap());
        }

        #[test]
        fn a_model_whose_encoder_is_gone_or_changed_is_refused_by_name() {
            let mut project = project();
            let kept = folder(1);
            choose(&mut project, &kept.path().to_string_lossy()).unwrap();
            train(&mut project, &OPTIONS, &Quiet).unwrap();
            (project.model, project.encoders) = (None, Default::default());
            write(kept.path(), "bert", 2);
            let refused = project.model().err();
            assert!(matches!(refused, Some(Error::Nlu(nlu::error::Error::OtherEncoder { .. }))), "{refused:?}");
            std::fs::remove_file(kept.path().join("model.safetensors")).unwrap();
            let refused = project.model().err();
            assert!(matches!(refused, Some(Error::Nlu(nlu::error::Error::Folder { .. }))), "{refused:?}");
            // The same encoder in another folder.
            let moved = folder(1);
            choose(&mut project, &moved.path().to_string_lossy()).unwrap();
            assert!(project.model().unwrap().is_some());
        }

        #[test]
        fn a_tuned_encoder_is_a_folder_like_any_other_and_scores_on_what_it_did_not_learn() {
            let mut project = project();
            let (from, to) = (folder(1), tempfile::tempdir().unwrap());
            let options = TuneOptions { epochs: 2, rate: 1e-3, batch: 4, seed: 1 };
            let out = to.path().join("tuned");
            let tuned = tune(&mut project, from.path(), &out, &options, &Quiet).unwrap();
            assert_eq!((tuned.epochs.len(), tuned.texts.len()), (2, 9));
            assert_ne!(project.encoder().unwrap(), Encoder::open(from.path()).unwrap());
            let report = train(&mut project, &OPTIONS, &Quiet).unwrap();
            let scored = project.store.report(report.run.id).unwrap().unwrap();
            assert_eq!((report.run.examples, scored.examples), (12, 3));
            let again = tune(&mut project, from.path(), &out, &options, &Quiet);
            assert!(matches!(again, Err(Error::Exists { .. })), "nothing is overwritten");
        }
    }
}
