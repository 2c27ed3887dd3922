//! Keeping a project: checking, repairing, copying, erasing, asking in SQL.

use std::path::{Path, PathBuf};

use crate::domain::ids::ConversationId;
use crate::store::gone::Target;
use crate::store::open::Store;
use crate::store::purge::Erased;
use crate::store::upkeep::{Health, Table};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Checks the project file.
pub fn check(project: &Project) -> Result<Health> {
    Ok(project.store.check()?)
}

/// Repairs what a check can find: counts, broken-off imports and cleanings, projections.
pub fn repair(project: &mut Project) -> Result<()> {
    project.store.repair()?;
    Ok(project.store.rebuild()?)
}

/// Copies the project, checks the copy and returns where it lies.
pub fn backup(project: &Project, to: Option<&Path>) -> Result<PathBuf> {
    let to = match to {
        Some(to) => to.to_path_buf(),
        None => {
            let stamp = jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S").to_string();
            let path = project.path();
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            path.with_file_name(format!("{stem}.{stamp}.backup.daoshi"))
        }
    };
    project.store.backup(&to)?;
    Ok(to)
}

/// Puts a backup in the place of a project; the present file is kept beside it. Returns where.
pub fn restore(path: &Path, backup: &Path) -> Result<Option<PathBuf>> {
    let copy = Store::open_to_read(backup)?;
    let kept = if path.exists() {
        let stamp = jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S").to_string();
        // Two in one second are two files.
        let named = |n: u32| match n {
            1 => path.with_extension(format!("before-restore-{stamp}.daoshi")),
            n => path.with_extension(format!("before-restore-{stamp}-{n}.daoshi")),
        };
        let aside = (1..).map(named).find(|aside| !aside.exists()).expect("a folder is not endless");
        let write = |source| Error::Write { path: path.to_path_buf(), source };
        // The log beside the file belongs to it: fold it in before the file moves.
        if let Ok(store) = Store::open(path) {
            store.backup(&aside)?;
            drop(store);
            std::fs::remove_file(path).map_err(write)?;
        } else {
            std::fs::rename(path, &aside).map_err(write)?;
        }
        for end in ["-wal", "-shm"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(end);
            let _ = std::fs::remove_file(PathBuf::from(beside));
        }
        Some(aside)
    } else {
        None
    };
    copy.backup(path)?;
    Ok(kept)
}

/// What a purge erases, in the project file and beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    pub erased: Erased,
    /// Backups, which hold the erased texts as well and are deleted.
    pub backups: Vec<PathBuf>,
}

impl Purged {
    /// Tells whether there is nothing to erase.
    pub fn is_nothing(&self) -> bool {
        self.erased.is_nothing() && self.backups.is_empty()
    }
}

/// Returns what a purge would erase; nothing is changed.
pub fn would_purge(project: &mut Project, target: &Target) -> Result<Purged> {
    Ok(Purged { erased: project.store.would_erase(target)?, backups: backups(&project.path()) })
}

/// Erases for good, from the file, its log and the backups beside it. Undo ends here.
pub fn purge(project: &mut Project, target: &Target) -> Result<Purged> {
    // The backups first: whoever stops half-way has at most erased too little of the file.
    let mut gone = Vec::new();
    for path in backups(&project.path()) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut file = path.as_os_str().to_owned();
            file.push(end);
            match std::fs::remove_file(PathBuf::from(file)) {
                Ok(()) if end.is_empty() => gone.push(path.clone()),
                Err(source) if end.is_empty() => return Err(Error::Write { path, source }),
                _ => {}
            }
        }
    }
    let (op, actor) = (project.op(), project.actor().to_string());
    let erased = project.store.purge(target, &op, &actor, now())?;
    project.model = None;
    project.segmenter = None;
    Ok(Purged { erased, backups: gone })
}

/// Returns the conversation with that number or name.
pub fn conversation(project: &Project, word: &str) -> Result<ConversationId> {
    let id = project.store.conversation_named(word)?;
    id.ok_or_else(|| Error::UnknownName { what: "conversation", name: word.to_string() })
}

/// Returns the moment a day begins here (`2026-03-01`); `None` when the word is no day.
pub fn day(word: &str) -> Option<i64> {
    let day = word.parse::<jiff::civil::Date>().ok()?;
    Some(day.to_zoned_datetime(jiff::tz::TimeZone::system()).ok()?.timestamp().as_millisecond())
}

/// Returns the backups of a project that lie beside it, whoever made them.
fn backups(path: &Path) -> Vec<PathBuf> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kinds = [".backup.daoshi", ".daily.daoshi", ".upgrade.daoshi"];
            name.starts_with(&format!("{stem}."))
                && (kinds.iter().any(|kind| name.ends_with(kind)) || name.contains(".before-restore-"))
                && name.ends_with(".daoshi")
        })
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Answers one reading statement.
pub fn ask(path: &Path, sql: &str, limit: usize) -> Result<Table> {
    Ok(Store::open_to_read(path)?.ask(sql, limit)?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::clustering::options::Options as GroupOptions;
    use crate::domain::conversation::Role;
    use crate::domain::dialogue::DialogueTurn;
    use crate::domain::event::Act;
    use crate::domain::ids::{BatchId, ClusterId, UtteranceId};
    use crate::domain::label::{LabelSource, Verdict};
    use crate::formats::options::ReadOptions;
    use crate::nlu::algorithm::Algorithm;
    use crate::nlu::train::TrainOptions;
    use crate::progress::Quiet;
    use crate::text::clean::rule::Rule;
    use crate::workbench::{clean, group, import, intents, label, rehearse, train};

    /// Words that stand in one conversation and in all that is made of it.
    const CANARY: &str = "金丝雀蓝莓8417";

    /// A pair of characters nothing else holds: what a vocabulary keeps of the canary.
    const PIECE: &str = "雀蓝";

    fn logs(folder: &Path) -> Vec<PathBuf> {
        let head = "会话ID,消息时间,角色,消息内容\n";
        let old = format!(
            "{head}C-old,2020-05-01 10:00:00,客户,我要退{CANARY}这张单\nC-old,2020-05-01 10:01:00,客服,您说的{CANARY}已经登记\n"
        );
        let mut new = head.to_string();
        for n in 0..24 {
            let said = ["怎么还款比较方便", "账单日可以改吗", "年费怎么免除", "额度能不能提高"][n % 4];
            new.push_str(&format!("C-{n},2026-05-01 10:{n:02}:00,客户,{said}第{n}次问\n"));
        }
        [("old.csv", old), ("new.csv", new)]
            .into_iter()
            .map(|(name, text)| {
                let path = folder.join(name);
                std::fs::write(&path, text).expect("the folder can be written");
                path
            })
            .collect()
    }

    /// Makes a project in which the canary got as far as it can, with a backup beside it.
    fn project(folder: &Path, sources: &Path) -> Project {
        let mut project = Project::create(&folder.join("p.daoshi"), "li").expect("a new project");
        let files = logs(sources);
        import::import(&mut project, &files, &ReadOptions::default(), &Quiet).expect("both are read");
        clean::switch(&mut project, Rule::Repeats, false).expect("a rule is switched");
        clean::clean(&mut project, &Quiet).expect("cleaning runs");
        group::group(&mut project, &GroupOptions { min_size: 1, ..GroupOptions::default() }, true, &Quiet)
            .expect("texts are grouped");
        let first = intents::add(&mut project, "退单", "").expect("a new intent");
        let second = intents::add(&mut project, "其他", "").expect("a new intent");
        let queue = label::queue(&project, label::order::Order::Customers, &[], 100).expect("a queue");
        for item in &queue {
            let intent =
                if item.utterance.text.contains(CANARY) || item.utterance.id.0 % 2 == 0 { first } else { second };
            let op = project.op();
            label::decide(&mut project, &op, &[item.utterance.id], Verdict::Intent(intent), LabelSource::Hand)
                .expect("a label");
        }
        let id = canary(&project);
        label::note(&mut project, id, &format!("问过{CANARY}")).expect("a note");
        let (op, angry) = (project.op(), crate::workbench::moods::Said::read("angry media").expect("a mood"));
        crate::workbench::moods::say(&mut project, &op, &[id], Some(&angry)).expect("a mood is said");
        train::train(
            &mut project,
            &TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() },
            &Quiet,
        )
        .expect("a model");
        let chat = project.store.begin_dialogue("聊", 0, "li", None, None, None).expect("a chat");
        let turn = DialogueTurn {
            said: Some(format!("我要退{CANARY}这张单")),
            record: format!("{{\"said\":\"{CANARY}\"}}"),
        };
        project.store.add_dialogue_turn(chat, 0, &turn).expect("a turn");
        let op = project.op();
        let deed = crate::store::history::Deed { op: &op, actor: "li", at: 1, act: Act::Rehearsal, subject: "排练" };
        let script = format!("name: 排练\nsteps:\n  - user: \"我要退{CANARY}这张单\"\n");
        project.store.act(&deed, |recorder| recorder.put_rehearsal("排练", &script)).expect("a rehearsal");
        backup(&project, None).expect("a backup");
        project
    }

    fn canary(project: &Project) -> UtteranceId {
        project.store.utterances_with(CANARY, 1).expect("a search")[0].id
    }

    /// Returns the files that hold a text, in UTF-8 or UTF-16 of either order.
    fn holders(folder: &Path, text: &str) -> Vec<String> {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let forms: [Vec<u8>; 3] = [
            text.as_bytes().to_vec(),
            wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            wide.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ];
        std::fs::read_dir(folder)
            .expect("the folder is there")
            .flatten()
            .filter(|entry| {
                let bytes = std::fs::read(entry.path()).expect("a file is read");
                forms.iter().any(|form| bytes.windows(form.len()).any(|part| part == form))
            })
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[track_caller]
    fn check(what: &str, target: impl FnOnce(&mut Project) -> Target) {
        let (folder, sources) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let mut project = project(folder.path(), sources.path());
        assert!(holders(folder.path(), CANARY).len() >= 2 && !holders(folder.path(), PIECE).is_empty(), "{what}");
        let mut other = Project::open(&project.path(), "wang").expect("another trainer");
        other.changed().expect("a look");
        let before = other.counts().expect("counts");
        let target = target(&mut project);
        let told = would_purge(&mut project, &target).expect("a preview");
        assert!(!holders(folder.path(), CANARY).is_empty(), "{what}: a preview erases nothing");
        let done = purge(&mut project, &target).expect("a purge");
        assert_eq!(done, told, "{what}: the preview tells what the purge does");
        assert_eq!((done.backups.len(), done.erased.runs), (1, 1), "{what}");
        for text in [CANARY, PIECE, "金丝雀"] {
            assert_eq!(holders(folder.path(), text), Vec::<String>::new(), "{what}: {text}");
        }
        // The other trainer sees it with the next look, and the file is whole.
        assert!(other.changed().expect("a look"), "{what}");
        assert!(other.counts().expect("counts").turns < before.turns, "{what}");
        assert!(label::queue(&other, label::order::Order::Doubt, &[], 10).is_ok());
        assert!(check_health(&project), "{what}");
        let log = project.log(None, None, 0, 100).expect("a log");
        assert_eq!((log[0].act, log[0].touched), (Act::Purge, done.erased.turns), "{what}");
        assert_eq!(project.undo().expect("an undo"), None, "{what}: undo ends at a purge");
        assert_eq!(project.redo().expect("a redo"), None, "{what}");
        let again = would_purge(&mut project, &target).expect("a preview");
        assert_eq!(again.erased.turns, 0, "{what}");
    }

    fn check_health(project: &Project) -> bool {
        super::check(project).expect("a check").is_good()
    }

    #[test]
    fn words_are_erased_wherever_they_stand() {
        check("matching", |_| Target::Matching(CANARY.to_string()));
    }

    #[test]
    fn a_conversation_is_erased_with_all_that_was_made_of_it() {
        check("conversation", |project| {
            // A chat and a note copied by hand are not the conversation's; here they go first.
            let id = conversation(project, "C-old").expect("it is there");
            assert_eq!(conversation(project, &id.0.to_string()).expect("by number too"), id);
            Target::Conversation(id)
        });
    }

    #[test]
    fn an_import_is_erased() {
        check("batch", |project| {
            let batches = crate::workbench::batches::batches(project).expect("batches");
            Target::Batch(batches.iter().find(|batch| batch.source == "old.csv").map_or(BatchId(0), |batch| batch.id))
        });
    }

    #[test]
    fn old_conversations_are_erased() {
        check("before", |_| Target::Before(day("2021-01-01").expect("a day")));
    }

    #[test]
    fn everything_customers_said_is_erased_and_the_catalogue_stays() {
        check("all", |_| Target::Everything);
    }

    #[test]
    fn a_purge_of_one_conversation_leaves_the_rest() {
        let (folder, sources) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let mut project = project(folder.path(), sources.path());
        let before = project.counts().expect("counts");
        let id = conversation(&project, "C-old").expect("it is there");
        let done = purge(&mut project, &Target::Conversation(id)).expect("a purge").erased;
        assert_eq!((done.turns, done.conversations, done.texts, done.labels, done.rehearsals), (2, 1, 1, 1, 1));
        let after = project.counts().expect("counts");
        assert_eq!(after.turns, before.turns - 2);
        assert_eq!(after.utterances, before.utterances - 1);
        assert_eq!((after.examples, after.intents), (before.examples - 1, before.intents));
        assert_eq!((after.runs, rehearse::list(&project).expect("rehearsals").len()), (0, 0));
        assert!(after.clusters > 0, "the ladder stays");
        assert!(conversation(&project, "C-old").is_err());
        train::train(
            &mut project,
            &TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() },
            &Quiet,
        )
        .expect("training again");
    }

    #[test]
    fn sentences_in_pieces_and_what_cleaning_was_taught_go_too() {
        let targets: [fn(&mut Project) -> Target; 3] = [
            |_| Target::Matching(CANARY.to_string()),
            |project| Target::Conversation(conversation(project, "C-1").expect("it is there")),
            |_| Target::Everything,
        ];
        for target in targets {
            let (folder, sources) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
            let mut project = Project::create(&folder.path().join("p.daoshi"), "li").expect("a new project");
            let rows = format!(
                "会话ID,消息时间,角色,消息内容\nC-1,2026-05-01 10:00:00,客户,我要退\n\
                 C-1,2026-05-01 10:00:05,客户,{CANARY}这张单\nC-1,2026-05-01 10:01:00,客服,{CANARY}已经登记了\n\
                 C-2,2026-05-01 10:00:00,客户,怎么还款\n"
            );
            let path = sources.path().join("pieces.csv");
            std::fs::write(&path, rows).expect("the folder can be written");
            import::import(&mut project, std::slice::from_ref(&path), &ReadOptions::default(), &Quiet)
                .expect("it is read");
            let whole = project.store.utterances_with(CANARY, 9).expect("a search").remove(0);
            assert_eq!(whole.text, format!("我要退{CANARY}这张单"), "two turns are one sentence");
            clean::canned::tick(&mut project, &format!("{CANARY}已经登记了"), true, true).expect("ticked");
            clean::heard::accept(&mut project, "雀蓝", "雀兰", clean::heard::Reach::In(whole.id)).expect("accepted");
            let op = project.op();
            let deed =
                crate::store::history::Deed { op: &op, actor: "li", at: 1, act: Act::ClusterState, subject: CANARY };
            project.store.act(&deed, |recorder| recorder.pin(whole.id, ClusterId(1))).expect("pinned");
            let target = target(&mut project);
            // A profile is no customer's word; one that repeats the words sought goes with them.
            let named = if matches!(target, Target::Matching(_)) { CANARY } else { "夜班" };
            let options = ReadOptions { roles: vec![(named.to_string(), Role::Agent)], ..ReadOptions::default() };
            crate::workbench::profiles::save(&mut project, named, &options, &path).expect("a profile");
            purge(&mut project, &target).expect("a purge");
            for text in [CANARY, PIECE, "金丝雀", "雀兰"] {
                assert_eq!(holders(folder.path(), text), Vec::<String>::new(), "{target:?}: {text}");
            }
            assert_eq!(project.store.pins().expect("pins"), [], "{target:?}");
            assert!(check_health(&project), "{target:?}");
        }
    }

    #[test]
    fn what_was_taken_back_is_erased_without_an_option() {
        let folder = tempfile::tempdir().expect("a folder");
        let sources = tempfile::tempdir().expect("a folder");
        let mut project = Project::create(&folder.path().join("p.daoshi"), "li").expect("a new project");
        import::import(&mut project, &logs(sources.path())[..1], &ReadOptions::default(), &Quiet).expect("it is read");
        project.undo().expect("an undo");
        let done = purge(&mut project, &Target::Withdrawn).expect("a purge");
        assert_eq!(done.erased.turns, 2);
        assert_eq!(holders(folder.path(), CANARY), Vec::<String>::new());
        assert!(check_health(&project));
    }
}
