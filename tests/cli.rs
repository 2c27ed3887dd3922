//! The command line as people and pipes use it: every verb as a process, its exit code, what goes to stdout and what to
//! stderr, in both languages.
//!
//! What a verb does is tested below it; here stands what a script relies on.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use assert_cmd::cargo::CommandCargoExt;
use clap::CommandFactory;
use serde_json::Value;

use daoshi::cli::args::Cli;

/// A folder with a project `p.daoshi`, and programs run in it.
struct Folder(tempfile::TempDir);

/// What a process said.
#[derive(Debug)]
struct Said {
    #[expect(dead_code, reason = "shown when a test fails")]
    line: String,
    code: Option<i32>,
    out: String,
    err: String,
}

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.at(name), text).expect("a file");
    }

    /// Runs a line as it would be typed in the folder; words are cut at blanks, `_` stands for one inside a word.
    fn run(&self, line: &str) -> Said {
        self.run_with(line, "")
    }

    fn run_with(&self, line: &str, input: &str) -> Said {
        let mut daoshi = Command::cargo_bin("daoshi").expect("our own program");
        daoshi
            .current_dir(self.0.path())
            .env("XDG_CONFIG_HOME", self.at("config"))
            .env_remove("LANG")
            .env_remove("LC_ALL")
            .args(line.split(' ').map(|word| word.replace('_', " ")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = daoshi.spawn().expect("it runs");
        // A verb that reads nothing may be gone already.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let done = child.wait_with_output().expect("it ends");
        Said {
            line: line.to_owned(),
            code: done.status.code(),
            out: String::from_utf8(done.stdout).expect("text"),
            err: String::from_utf8(done.stderr).expect("text"),
        }
    }

    /// Runs a line in both languages that puts nothing on stdout.
    fn both_silent(&self, line: &str, code: i32) {
        for said in self.both(line, code) {
            said.silent();
        }
    }

    /// Runs a line that does its work.
    fn does(&self, line: &str) -> Said {
        self.run(line).ends(0)
    }

    /// Runs a line in both languages; `code` is what it ends with, and the words differ.
    fn both(&self, line: &str, code: i32) -> [Said; 2] {
        let [zh, en] = ["zh", "en"].map(|lang| self.run(&format!("--lang {lang} {line}")).ends(code));
        assert!(is_chinese(&format!("{}{}", zh.out, zh.err)), "{zh:?}");
        assert!(!is_chinese(&en.err), "{en:?}");
        [zh, en]
    }
}

impl Said {
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    #[track_caller]
    fn silent(self) -> Self {
        assert_eq!(self.out, "", "data is on stdout alone: {self:?}");
        self
    }

    /// Returns stdout as JSON lines.
    #[track_caller]
    fn json(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault} in {self:?}"));
        self.out.lines().map(read).collect()
    }

    #[track_caller]
    fn one(&self) -> Value {
        let all = self.json();
        assert_eq!(all.len(), 1, "{self:?}");
        all.into_iter().next().expect("just counted")
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

const LOG: &str = "会话ID,时间,角色,内容
S1,2025-09-01 10:00:00,客户,信用卡怎么还款呢？
S1,2025-09-01 10:00:05,客服,您好，在手机银行里选还款就行
S1,2025-09-01 10:00:30,客户,我的手机13800138000要换绑
S2,2025-09-01 11:00:00,客户,卡丢了
S2,2025-09-01 11:00:04,客户,怎么补办
S2,2025-09-01 11:00:30,客服,请您稍等
S3,2025-09-01 12:00:00,客户,还款日可以改吗？
S3,2025-09-01 12:00:09,客户,你好
S4,2025-09-01 12:30:00,路人,这行没有角色
";

const LABELS: &str = "信用卡怎么还款\t还款\n怎么还信用卡\t还款\n信用卡还款方式\t还款\n在哪里还款\t还款\n还款日可以改吗\t还款日
怎么改还款日\t还款日\n还款日能推迟吗\t还款日\n把还款日改到月底\t还款日\n卡丢了怎么补办\t挂失\n我要挂失\t挂失\n信用卡丢了\t挂失
卡不见了怎么办\t挂失\n今天天气怎么样\toos\n你是男是女\toos\n";

fn project() -> Folder {
    let folder = Folder::new();
    folder.put("log.csv", LOG);
    folder.put("labels.tsv", LABELS);
    folder.does("new p.daoshi");
    folder
}

#[test]
fn every_verb_explains_itself_in_both_languages() {
    let folder = Folder::new();
    let verbs = Cli::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect::<Vec<_>>();
    assert!(verbs.len() >= 24, "{verbs:?}");
    for verb in verbs {
        let [zh, en] = ["zh", "en"].map(|lang| folder.run(&format!("--lang {lang} {verb} --help")).ends(0));
        assert!(is_chinese(&zh.out) && !is_chinese(&en.out), "{zh:?} {en:?}");
        assert_eq!((zh.err.as_str(), en.err.as_str()), ("", ""), "{verb}: help is what was asked for");
    }
    folder.run("").ends(2);
}

#[test]
fn what_is_typed_wrongly_ends_with_2_and_says_so_on_stderr() {
    let folder = project();
    for line in [
        "fly p.daoshi",
        "import p.daoshi",
        "import p.daoshi log.csv --swap-file log.csv",
        "import p.daoshi --once",
        "import p.daoshi log.csv --header --no-header",
        "import p.daoshi --watch . --every 0",
        "clean p.daoshi --quarantine --canned",
        "clean p.daoshi --reason greeting",
        "group p.daoshi --clusters 3 --min-size 2",
        "group p.daoshi --clusters many",
        "label p.daoshi",
        "label p.daoshi --undo --from labels.tsv",
        "label p.daoshi --cluster 1",
        "design p.daoshi",
        "export p.daoshi",
        "export p.daoshi out.csv --linked --with-pii",
        "sql p.daoshi",
        "log p.daoshi --since yesterday",
        "talk p.daoshi --hour 25:00",
        "purge p.daoshi --all --batch 1",
        "purge p.daoshi --before yesterday",
        "completions tcsh",
        "new",
    ] {
        let [zh, en] = ["zh", "en"].map(|lang| folder.run(&format!("--lang {lang} {line}")).ends(2).silent());
        assert!(is_chinese(&zh.err) && !is_chinese(&en.err), "{zh:?} {en:?}");
        assert!(!en.err.trim().is_empty(), "{en:?}");
    }
    folder.put("ragged.csv", "text,role\na,customer,extra,more\nb\nc,customer\n");
    let before = folder.does("sql p.daoshi SELECT_count(*)_FROM_turn").out;
    for (lang, says) in [("zh", "列数不对，最先是第 2 行"), ("en", "wrong number of columns, line 2 first")] {
        let said = folder.run(&format!("--lang {lang} import p.daoshi ragged.csv")).ends(1).silent();
        assert!(said.err.contains(says), "{said:?}");
    }
    assert_eq!(folder.does("sql p.daoshi SELECT_count(*)_FROM_turn").out, before, "nothing was changed");
    folder.put("slip.yaml", "topics:\n  a:\n    intent: b\n");
    let said = folder.run("--lang en design p.daoshi import slip.yaml").ends(1).silent();
    assert!(said.err.contains("line 3, column 5") && said.err.contains("Did you mean intents? Correct it"), "{said:?}");
    folder.does("doctor p.daoshi");
}

#[test]
fn what_cannot_be_done_ends_with_1_says_why_and_leaves_nothing() {
    let folder = project();
    for line in [
        "new p.daoshi",
        "new q.daoshi --from no-such-folder",
        "demo --no-open --sample no-such-sample",
        "open no.daoshi --plain",
        "import no.daoshi log.csv",
        "import p.daoshi no.csv",
        "import p.daoshi log.csv --format telegram",
        "import p.daoshi log.csv --encoding klingon",
        "import p.daoshi log.csv --delimiter ，",
        "import p.daoshi log.csv --delimiter ,,",
        "import p.daoshi --swap-file no.csv",
        "import p.daoshi --withdraw 99",
        "import p.daoshi --delete-profile none",
        "clean no.daoshi",
        "clean p.daoshi --on no-such-rule",
        "clean p.daoshi --return 99",
        "clean p.daoshi --settle 1",
        "group no.daoshi",
        "group p.daoshi",
        "group p.daoshi --show",
        "group p.daoshi --method tea-leaves",
        "group p.daoshi --encoder .",
        "label no.daoshi --undo",
        "label p.daoshi --undo",
        "label p.daoshi --from no.tsv",
        "label p.daoshi --cluster 7 --intent 还款",
        "train no.daoshi",
        "train p.daoshi",
        "train p.daoshi --algorithm alchemy",
        "train p.daoshi --encoder no-such-folder",
        "train p.daoshi --encoder .",
        "train p.daoshi --encoder . --fine-tune tuned",
        "evaluate no.daoshi",
        "evaluate p.daoshi",
        "design no.daoshi lint",
        "design p.daoshi lint",
        "design p.daoshi publish v1",
        "design p.daoshi rollback v1",
        "talk no.daoshi",
        "talk p.daoshi",
        "rehearse no.daoshi",
        "export no.daoshi out.csv",
        "export p.daoshi out.csv --format telegram",
        "understand no.daoshi",
        "understand p.daoshi",
        "sql no.daoshi SELECT_1",
        "sql p.daoshi DELETE_FROM_turn",
        "sql p.daoshi SELEC",
        "doctor no.daoshi",
        "backup no.daoshi",
        "restore p.daoshi no.daoshi",
        "log no.daoshi",
        "undo no.daoshi",
        "undo p.daoshi",
        "redo p.daoshi",
        "purge no.daoshi",
        "purge p.daoshi --conversation nobody",
    ] {
        folder.both_silent(line, 1);
    }
    let mut left: Vec<_> = std::fs::read_dir(folder.0.path())
        .expect("the folder")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["labels.tsv", "log.csv", "p.daoshi"]);
}

#[test]
fn a_log_comes_in_is_cleaned_and_goes_again() {
    let folder = project();
    for lang in ["zh", "en"] {
        let shown = folder.does(&format!("--lang {lang} import p.daoshi log.csv --preview"));
        assert!(shown.out.contains("信用卡怎么还款") && shown.out.contains("<phone>"), "{shown:?}");
        assert!(!shown.out.contains("13800138000") && !shown.err.is_empty(), "{shown:?}");
    }
    let file = folder.does("import p.daoshi log.csv --json").one();
    let count = |key: &str| file[key].as_u64().unwrap_or_else(|| panic!("{key} in {file}"));
    assert_eq!((count("read"), count("kept"), count("aside")), (9, 8, 1));
    let again = folder.does("import p.daoshi log.csv --json").one();
    assert_eq!((again["read"].as_u64(), again["kept"].as_u64()), (Some(8 + 1), Some(0)), "{again}");
    let batch = folder.does("import p.daoshi --list --json").one();
    assert_eq!(batch["kept"], 8, "{batch}");
    let rejected = folder.does(&format!("import p.daoshi --rejected {}", batch["batch"]));
    assert!(rejected.out.starts_with("line,reason,row\n10,unknown-role,"), "{rejected:?}");
    let row = folder.does(&format!("import p.daoshi --rejected {} --json", batch["batch"])).one();
    assert_eq!((&row["batch"], &row["line"], &row["reason"]), (&batch["batch"], &10.into(), &"unknown-role".into()));
    assert!(row["raw"].as_str().is_some_and(|raw| raw.contains("路人")), "{row}");

    let report = folder.does("clean p.daoshi --report --json").one();
    assert_eq!((report["turns"].as_u64(), report["rules"]["phone"]["hits"].as_u64()), (Some(8), Some(1)), "{report}");
    folder.both("clean p.daoshi", 0);
    let joined = folder.does("clean p.daoshi --merged --json").one();
    assert_eq!(joined["text"], "卡丢了怎么补办", "{joined}");
    let greeting = folder.does("clean p.daoshi --quarantine --reason greeting --json").one();
    assert_eq!(greeting["text"], "你好", "{greeting}");
    let back = folder.does(&format!("clean p.daoshi --return {}", greeting["id"])).silent();
    assert!(!back.err.is_empty());
    let left = folder.does("clean p.daoshi --quarantine --reason greeting --json");
    assert_eq!(left.json().len(), 0, "{left:?}");
    let texts = folder.does("clean p.daoshi --texts").out;
    assert!(texts.lines().all(|line| line.split('\t').count() == 4) && texts.contains("卡丢了怎么补办"), "{texts}");
    folder.does("clean p.daoshi --off traditional --on traditional");
    for list in ["--canned", "--heard", "--conflicts", "--dictionary"] {
        folder.does(&format!("clean p.daoshi {list} --json")).json();
    }
    folder.does("clean p.daoshi --word 花呗/n");
    assert_eq!(folder.does("clean p.daoshi --dictionary").out, "花呗\tn\n");

    let swapped = folder.does("import p.daoshi --swap-file log.csv");
    assert!(!format!("{}{}", swapped.out, swapped.err).is_empty());
    let roles =
        folder.does("sql p.daoshi SELECT_role,_count(*)_AS_n_FROM_turn_GROUP_BY_role_ORDER_BY_role --json").json();
    assert_eq!(roles.iter().map(|row| row["n"].as_u64()).collect::<Vec<_>>(), [Some(2), Some(6)], "{roles:?}");
    folder.does("undo p.daoshi");

    folder.does(&format!("import p.daoshi --withdraw {}", batch["batch"]));
    assert_eq!(folder.does("import p.daoshi --list --json").json().len(), 0);
    // Asked first: what would go is told, nothing goes.
    let would = folder.run("purge p.daoshi --json").ends(1).one();
    assert_eq!((would["done"].as_bool(), would["turns"].as_u64()), (Some(false), Some(8)), "{would}");
    let gone = folder.does("purge p.daoshi --yes --json").one();
    assert_eq!((gone["done"].as_bool(), gone["turns"].as_u64()), (Some(true), Some(8)), "{gone}");
    assert_eq!(folder.does("sql p.daoshi SELECT_count(*)_FROM_turn").out, "count(*)\n0\n");
    folder.does("doctor p.daoshi --json").one();
}

#[test]
fn a_watched_folder_is_looked_at_once_and_profiles_travel() {
    let folder = project();
    std::fs::create_dir(folder.at("drop")).expect("a folder");
    folder.put("drop/night.csv", LOG);
    folder.does("import p.daoshi --watch drop --once --json").json();
    assert_eq!(folder.does("import p.daoshi --list --json").one()["kept"], 8);
    folder.does("import p.daoshi log.csv --save-profile night");
    let profiles = folder.does("import p.daoshi --profiles");
    assert!(format!("{}{}", profiles.out, profiles.err).contains("night"), "{profiles:?}");
    let text = folder.does("import p.daoshi --export-profile night").out;
    folder.does("import p.daoshi --delete-profile night");
    folder.put("night.toml", &text);
    folder.does("import p.daoshi --import-profile night.toml");
    assert_eq!(folder.does("import p.daoshi --export-profile night").out, text);
}

#[test]
fn a_forecast_is_made_kept_and_held_against_the_next_training() {
    let folder = project();
    folder.does("label p.daoshi --from labels.tsv");
    folder.both_silent("evaluate p.daoshi --forecast", 1);
    folder.does("train p.daoshi --algorithm linear");
    // Fourteen examples say nothing about a curve.
    folder.both_silent("evaluate p.daoshi --forecast", 1);
    let more: String = (1..9).map(|n| format!("信用卡第{n}期怎么还\t还款\n第{n}张卡丢了\t挂失\n")).collect();
    folder.put("more.tsv", &more);
    folder.does("label p.daoshi --from more.tsv");
    folder.does("train p.daoshi --algorithm linear");
    let steps = folder.does("evaluate p.daoshi --forecast --json").json();
    let (end, steps) = steps.split_last().expect("the stop line at least");
    assert!(end["last"].is_null() && end["tested"] == 30, "{end}");
    assert!(steps.iter().all(|step| step["low"].as_f64() <= step["macro_f1"].as_f64()), "{steps:?}");
    assert!(steps.is_sorted_by_key(|step| step["labels"].as_u64()), "{steps:?}");
    folder.put("yet.tsv", "我想还信用卡\t还款\n改一下还款日\t还款日\n卡掉了\t挂失\n");
    folder.does("label p.daoshi --from yet.tsv");
    let trained = folder.does("--lang zh train p.daoshi --algorithm linear");
    assert!(trained.out.contains("给了 3 条"), "{trained:?}");
    let [zh, en] = folder.both("evaluate p.daoshi --forecast", 0);
    assert!(zh.out.contains("对照") && zh.out.contains("停止"), "{zh:?}");
    assert!(
        !en.out.contains("beside it") && en.out.contains("stop"),
        "a new forecast has nothing after it yet: {en:?}"
    );
}

#[test]
fn labels_become_a_model_that_is_scored_and_asked() {
    let folder = project();
    folder.does("import p.daoshi log.csv");
    let labelled = folder.does("label p.daoshi --from labels.tsv --json").one();
    assert_eq!(labelled["labelled"], 14, "{labelled}");
    folder.does("label p.daoshi --undo").silent();
    folder.does("redo p.daoshi").silent();

    let trained = folder.does("train p.daoshi --json").one();
    assert_eq!((trained["examples"].as_u64(), trained["intents"].as_u64()), (Some(14), Some(3)), "{trained}");
    for line in [
        "evaluate p.daoshi --json",
        "evaluate p.daoshi --on labels.tsv --json",
        "evaluate p.daoshi --cross-validate 2 --json",
    ] {
        let scores = folder.does(line).one();
        assert!(scores["accuracy"].as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)), "{scores}");
    }
    let [zh, en] = folder.both("evaluate p.daoshi --on labels.tsv --html report.html", 0);
    assert!(zh.out.contains("还款日") && en.out.contains("还款日"));
    assert!(std::fs::read_to_string(folder.at("report.html")).expect("written").contains("还款日"));
    folder.does("train p.daoshi --seed 2");
    folder.does("evaluate p.daoshi --compare 1 --json").one();
    let curve = folder.does("evaluate p.daoshi --threshold --costs 9,1,4 --json").one();
    assert_eq!((curve["points"].as_array().map(Vec::len), curve["costs"]["wrong"].as_f64()), (Some(101), Some(9.0)));
    let bins = folder.does("evaluate p.daoshi --reliability --json").one();
    assert_eq!(bins["bins"].as_array().map(Vec::len), Some(10), "{bins}");
    let sizes = folder.does("evaluate p.daoshi --growth --json").json();
    assert!(sizes.len() > 1 && sizes.is_sorted_by_key(|size| size["examples"].as_u64()), "{sizes:?}");
    let ranked = folder.does("evaluate p.daoshi --answers --json").one();
    assert!(ranked["learned"]["r5"].as_f64() >= ranked["learned"]["r1"].as_f64(), "{ranked}");
    let [zh, en] = folder.both("evaluate p.daoshi --threshold --report report.md", 0);
    assert!(zh.out.contains("误拒") && en.out.contains("false rejection"));
    assert!(std::fs::read_to_string(folder.at("report.md")).expect("written").contains("| 还款"));
    for line in ["evaluate p.daoshi --reliability", "evaluate p.daoshi --growth", "evaluate p.daoshi --answers"] {
        let [zh, en] = folder.both(line, 0);
        assert!(is_chinese(&zh.out) && zh.out.lines().count() == en.out.lines().count(), "{line}");
    }
    folder.both_silent("evaluate p.daoshi --entities", 1);
    folder.both_silent("evaluate p.daoshi --kept", 1);
    folder.does("evaluate p.daoshi --keep 20").silent();
    assert_eq!(folder.does("train p.daoshi --json").one()["examples"].as_u64().map(|n| n < 14), Some(true));
    folder.does("evaluate p.daoshi --kept --json").one();
    folder.does("evaluate p.daoshi --release").silent();
    assert_eq!(folder.does("evaluate p.daoshi --causes --json").out, "");
    folder.does("train p.daoshi");
    let told = folder.run_with("understand p.daoshi --answers --skeleton", "信用卡怎么还款\n").ends(0).one();
    assert_eq!(
        (told["skeleton"]["type"].as_str(), told["skeleton"]["predicate"].as_str()),
        (Some("how"), Some("还款"))
    );
    assert_eq!(
        (told["answer"]["ranked"][0]["intent"].as_str(), told["spans"].as_array().map(Vec::len)),
        (Some("还款"), Some(0))
    );
    let answers =
        folder.run_with("understand p.daoshi", "信用卡怎么还款\n\n{\"text\":\"我的卡丢了13800138000\"}\n").ends(0);
    let answers = answers.json();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["intent"], "还款", "{answers:?}");
    assert!(!answers[1]["text"].as_str().expect("a text").contains("13800138000"));

    for out in ["out.csv", "out.jsonl", "out.xlsx", "nlu.yml"] {
        folder.does(&format!("export p.daoshi {out}")).silent();
        assert!(std::fs::metadata(folder.at(out)).expect("written").len() > 0, "{out}");
    }
    assert!(std::fs::read_to_string(folder.at("out.csv")).expect("written").contains("挂失"));

    let line = folder.run_with("--lang en open p.daoshi --plain", "q\n").ends(0);
    assert!(!line.out.is_empty(), "{line:?}");
    let no_screen = folder.run("p.daoshi").ends(1).silent();
    assert!(!no_screen.err.is_empty());
}

#[test]
fn moods_are_said_learned_told_and_heard_and_wording_is_printed() {
    let folder = project();
    folder.does("label p.daoshi --from labels.tsv");
    let [zh, en] = folder.both("train p.daoshi", 0);
    assert!(zh.out.contains("只用词典") && en.out.contains("lexicon alone"), "{zh:?} {en:?}");
    let ways = [
        "{}又是老样子，无语\t失望",
        "{}赶时间，十分钟后就要\turgent",
        "请问{}在哪查\t平静",
        "{}再这样我去隔壁办了\tangry leaving",
    ];
    let things = ["账单", "转账", "贷款", "信用卡", "还款", "额度", "积分", "开户"];
    let rows: Vec<String> = things.iter().flat_map(|thing| ways.map(|way| way.replace("{}", thing))).collect();
    folder.put("moods.tsv", &rows.join("\n"));
    assert_eq!(folder.does("label p.daoshi --moods moods.tsv --json").one()["said"], 32);
    folder.put("bad.tsv", "气死我了\tfurious\n");
    folder.both_silent("label p.daoshi --moods bad.tsv", 1);
    folder.both_silent("label p.daoshi --mood calm,press --where 卡丢了怎么补办", 1);
    let said = folder.does("label p.daoshi --mood anxious,fraud --where 卡丢了怎么补办 --json").one();
    assert_eq!((&said["said"], &said["mood"], &said["risks"][0]), (&1.into(), &"anxious".into(), &"fraud".into()));
    assert_eq!(folder.does("label p.daoshi --where mood:anxious_卡丢了 --json").json().len(), 1);
    folder.does("label p.daoshi --mood none --where 卡丢了怎么补办").silent();
    assert_eq!(folder.does("label p.daoshi --where mood:anxious_卡丢了 --json").json().len(), 0);
    let trained = folder.does("train p.daoshi --json").one();
    let report = &trained["moods"]["report"];
    assert!(
        report["share"].as_f64() > Some(0.0) && report["joined"].as_f64() > report["lexicon"].as_f64(),
        "{trained}"
    );
    assert!(report["traps"]["joined"].as_u64() >= report["traps"]["lexicon"].as_u64(), "{trained}");
    let told = folder.does("evaluate p.daoshi --moods --json").one();
    assert_eq!((&told["labelled"], &told["report"]), (&32.into(), report));
    let [zh, en] = folder.both("evaluate p.daoshi --moods", 0);
    assert!(
        zh.out.contains("失望") && en.out.contains("disappointed") && zh.out.lines().count() == en.out.lines().count()
    );
    let heard =
        folder.run_with("understand p.daoshi --wording", "理财又是老样子，无语\n微粒贷怎么还款\n").ends(0).json();
    assert_eq!(heard[0]["emotion"]["mood"], "disappointed", "{heard:?}");
    let wording = &heard[1]["wording"];
    assert_eq!(wording["words"][0][0], "微粒", "{wording}");
    assert!(
        wording["proposed"].as_array().is_some_and(|all| all.iter().any(|one| one["word"] == "微粒贷")),
        "{wording}"
    );
    assert!(wording["near"].as_array().is_some_and(|near| !near.is_empty()) && wording["about"]["keywords"].is_array());
}

#[test]
fn texts_are_grouped_and_a_cluster_is_labelled() {
    let folder = project();
    let rows: Vec<String> = ["还款", "挂失", "额度", "账单", "年费"]
        .iter()
        .flat_map(|what| {
            ["怎么办理", "要什么材料", "多久到账", "在哪里弄", "可以取消吗"].map(|how| format!("{what}{how}"))
        })
        .collect();
    folder.put("texts.csv", &format!("内容\n{}\n", rows.join("\n")));
    folder.does("import p.daoshi texts.csv");
    let clusters = folder.does("group p.daoshi --clusters 5 --method kmeans --json").json();
    let again = folder.does("group p.daoshi --show --json").json();
    assert!(!clusters.is_empty() && clusters == again, "{clusters:?}");
    let id = &clusters[0]["cluster"];
    folder.run(&format!("label p.daoshi --cluster {id} --intent 还款")).ends(1).silent();
    folder.put("one.tsv", "还款怎么弄\t还款\n");
    folder.does("label p.daoshi --from one.tsv");
    let done = folder.does(&format!("label p.daoshi --cluster {id} --intent 还款 --cut 2 --json")).one();
    assert_eq!(done["labelled"], 2, "{done}");
    folder.does("label p.daoshi --undo");
    assert_eq!(folder.does("sql p.daoshi SELECT_count(*)_FROM_label").out, "count(*)\n1\n");
}

#[test]
fn texts_are_found_by_a_query_and_labelled_in_one_act() {
    let folder = project();
    folder.put("texts.csv", "内容\n怎么退款\n退款多久\n快递到哪\n");
    folder.does("import p.daoshi texts.csv");
    folder.put("one.tsv", "卡丢了\t挂失\n想退款\t退款\n");
    folder.does("label p.daoshi --from one.tsv --as li");
    let found = folder.does("label p.daoshi --where label:none_退款 --json").json();
    assert_eq!(found.len(), 2, "{found:?}");
    let id = &found[0]["text_id"];
    let near = folder.does(&format!("label p.daoshi --where label:none --similar {id} --limit 2 --json")).json();
    assert!(near[0]["text_id"] == *id && near.len() == 2, "{near:?}");
    let would = folder.does("label p.daoshi --where 退款 --intent 退款 --preview --json").one();
    assert_eq!(would, serde_json::json!({ "texts": 3, "customers": 2, "labelled": 1 }));
    let done =
        folder.does("label p.daoshi --where label:none_退款 --intent 退款 --save-slice 新的 --as wang --json").one();
    assert_eq!(done["labelled"], 2, "{done}");
    assert_eq!(folder.does("label p.daoshi --slices").out, "新的\tlabel:none text:退款\n");
    assert_eq!(folder.does("label p.daoshi --slice 新的 --json").out, "");
    folder.does("export p.daoshi out.jsonl --where by:wang");
    assert_eq!(std::fs::read_to_string(folder.at("out.jsonl")).expect("written").lines().count(), 2);
    folder.does("undo p.daoshi --as wang");
    folder.does("undo p.daoshi --as wang");
    assert_eq!(folder.does("label p.daoshi --where by:wang --json").out, "");
    assert_eq!(folder.does("label p.daoshi --where label:none_退款 --json").json().len(), 2);
    for said in folder.both("label p.daoshi --where p>x1", 1) {
        assert!(said.err.contains("3") && said.err.contains("x1") && said.out.is_empty(), "{said:?}");
    }
}

#[test]
fn what_two_trainers_differ_on_is_told_and_settled() {
    let folder = project();
    folder.put("texts.csv", "内容\n怎么退款\n快递到哪\n");
    folder.does("import p.daoshi texts.csv");
    folder.put("one.tsv", "想退款\t退款\n查快递\t物流\n");
    folder.does("label p.daoshi --from one.tsv");
    folder.does("label p.daoshi --overlap 100");
    for (trainer, intents) in [("li", ["退款", "物流"]), ("wang", ["退款", "退款"])] {
        let mut project = daoshi::workbench::project::Project::open(&folder.at("p.daoshi"), trainer).expect("opens");
        for (id, intent) in (1..).zip(intents) {
            let intent = project.catalogue().expect("reads").find(intent).expect("is there").id;
            let (op, id) = (project.op(), daoshi::domain::ids::UtteranceId(id));
            let verdict = daoshi::domain::label::Verdict::Intent(intent);
            daoshi::workbench::label::overlap::answer(&mut project, &op, id, verdict).expect("answers");
        }
    }
    let report = folder.does("label p.daoshi --agreement --json").one();
    assert_eq!((&report["texts"], &report["percent"]["value"], &report["open"]), (&2.into(), &0.5.into(), &1.into()));
    let disputes = folder.does("label p.daoshi --disputes --json").json();
    assert_eq!(
        disputes[0]["said"],
        serde_json::json!([
            { "trainer": "li", "intent": "物流" }, { "trainer": "wang", "intent": "退款" }
        ])
    );
    let id = &disputes[0]["text_id"];
    folder.run(&format!("label p.daoshi --settle {id}=没有这个")).ends(1).silent();
    folder.run("label p.daoshi --settle 物流").ends(1).silent();
    folder.does(&format!("label p.daoshi --settle {id}=退款 --as zhao"));
    assert_eq!(folder.does("label p.daoshi --disputes --json").out, "");
    for said in folder.both("label p.daoshi --agreement", 0) {
        assert!(said.out.contains('α') && said.out.contains("wang\t0\t0\t0\t2\t1/1"), "{said:?}");
    }
}

#[test]
fn a_project_is_checked_backed_up_restored_and_told_about() {
    let folder = project();
    folder.does("--as li import p.daoshi log.csv");
    let health = folder.does("doctor p.daoshi --json").one();
    assert_eq!(health["good"], true, "{health}");
    let [zh, en] = folder.both("doctor p.daoshi --repair", 0);
    assert!(is_chinese(&zh.out) && !is_chinese(&en.out));
    folder.does("backup p.daoshi copy.daoshi").silent();
    folder.does("--as wang label p.daoshi --from labels.tsv");
    let log = folder.does("log p.daoshi --json").json();
    let told: Vec<_> = log.iter().map(|event| (event["actor"].clone(), event["act"].clone())).collect();
    assert_eq!(told.len(), 2, "{log:?}");
    assert_eq!((told[0].0.as_str(), told[1].0.as_str()), (Some("wang"), Some("li")), "newest first");
    assert_eq!(folder.does("log p.daoshi --who li --json").json().len(), 1);
    assert_eq!(folder.does("log p.daoshi --limit 1 --since 2020-01-01").out.lines().count(), 1);
    folder.both_silent("restore p.daoshi copy.daoshi", 0);
    assert_eq!(folder.does("log p.daoshi --json").json().len(), 1);
    // One trainer's acts are not another's to take back.
    folder.run("--as wang undo p.daoshi").ends(1).silent();
    folder.does("--as li undo p.daoshi").silent();
    folder.does("--as li redo p.daoshi").silent();
    let would = folder.run("purge p.daoshi --matching 13800138000 --json").ends(1).one();
    assert_eq!(would["turns"], 1, "{would}");
    folder.both_silent("purge p.daoshi --matching 信用卡", 1);
}

#[test]
fn a_sample_is_built_designed_talked_to_and_rehearsed() {
    let folder = Folder::new();
    folder.does("demo --no-open --sample shop-en --dir .").silent();
    folder.does("demo --no-open --sample shop-en --dir .").silent();
    let p = "shop-en.daoshi";
    folder.does(&format!("design {p} lint --json")).json();
    assert!(folder.does(&format!("design {p} graph")).out.lines().count() > 3);
    folder.does(&format!("design {p} export policy.yaml"));
    folder.does(&format!("design {p} publish v1")).silent();
    folder.does(&format!("design {p} import policy.yaml")).silent();
    assert_eq!(folder.does(&format!("design {p} diff v1")).out, "");
    folder.does(&format!("design {p} rollback v1")).silent();
    folder.put("script.txt", "hello\nwhere is my parcel\n");
    let chat = folder.does(&format!("talk {p} --script script.txt --hour 10:00 --json")).json();
    assert_eq!(chat.iter().filter(|exchange| exchange["said"].is_string()).count(), 2, "{chat:?}");
    assert!(chat.iter().all(|exchange| exchange["trace"].is_array()));
    let spoken = folder.run_with(&format!("--lang en talk {p} --plain --trace"), "hello\n").ends(0);
    assert!(spoken.out.lines().count() > 1, "{spoken:?}");
    let played = folder.run(&format!("rehearse {p} --json --junit out.xml"));
    let results = played.json();
    let all = results.iter().all(|result| result["passed"] == true);
    assert_eq!(played.code, Some(i32::from(!all)), "{played:?}");
    assert!(std::fs::read_to_string(folder.at("out.xml")).expect("written").contains("<testsuite"));
}

#[test]
fn completions_and_the_manual_are_printed() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(folder.does(&format!("completions {shell}")).out.contains("purge"), "{shell}");
    }
    let [zh, en] = ["zh", "en"].map(|lang| folder.does(&format!("--lang {lang} man")));
    assert!(is_chinese(&zh.out) && !is_chinese(&en.out) && en.out.contains("import"));
}

#[test]
fn a_call_of_the_policy_goes_where_the_trainers_own_settings_say_and_nowhere_else() {
    if !std::path::Path::new("/bin/sh").exists() {
        return eprintln!("skipped: there is no /bin/sh");
    }
    let folder = Folder::new();
    folder.put(
        "policy.yaml",
        "calls: {bill: {gives: [due]}}\ntopics: {bill: {label: 查账单, do: [{call: bill}, {when: bill.failed set, say: 查不到}, {say: 应还<bill.due>}]}}\n",
    );
    folder.does("new p.daoshi");
    folder.does("design p.daoshi import policy.yaml");
    folder.put("bill.sh", "cat > asked.json; echo '{\"due\": 88}'");
    let off = folder.run_with("--lang zh talk p.daoshi --trace", "查账单\n").ends(0);
    assert!(off.out.contains("查不到") && off.out.contains("外部没接通"), "{off:?}");
    assert!(!folder.at("asked.json").exists());
    std::fs::create_dir_all(folder.at("config/daoshi")).expect("a folder");
    let project = folder.at("p.daoshi").display().to_string();
    let set = |on: bool, command: &str| {
        let text = format!("[[calls]]\ncall = 'bill'\nproject = '{project}'\non = {on}\ncommand = '{command}'\n");
        folder.put("config/daoshi/settings.toml", &text);
    };
    set(false, "/bin/sh bill.sh");
    assert!(folder.run_with("--lang zh talk p.daoshi", "查账单\n").ends(0).out.contains("查不到"));
    set(true, "/bin/sh bill.sh");
    let on = folder.run_with("--lang en talk p.daoshi --trace", "查账单\n").ends(0);
    assert!(on.out.contains("应还88") && on.out.contains("called bill outside"), "{on:?}");
    assert!(on.err.contains("calling bill"), "{on:?}");
    assert!(folder.at("asked.json").exists());
    // Nothing but a chat asks anybody: not rehearsing, not checking.
    std::fs::remove_file(folder.at("asked.json")).expect("it is there");
    folder.put("r.yaml", "name: a\nturns: [{u: 查账单, b: 查不到}]\n");
    folder.run("rehearse p.daoshi r.yaml").ends(0);
    folder.run("design p.daoshi lint");
    assert!(!folder.at("asked.json").exists());
    set(true, "/bin/sh \"bill.sh");
    let open = folder.run("--lang zh talk p.daoshi").ends(1);
    assert!(open.err.contains("settings.toml") && open.err.contains("引号"), "{open:?}");
}

#[test]
fn what_only_keys_could_do_is_typed_as_well() {
    let folder = project();
    folder.put("texts.txt", "我要从上海飞上海虹桥\n退款怎么办\n怎么退款\n今天天气不错啊\n");
    folder.does("import p.daoshi texts.txt");
    let id = |text: &str| -> i64 {
        let all = folder.does("sql p.daoshi --json select_id,text_from_utterance").out;
        let row = all.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text}: {all}"));
        serde_json::from_str::<Value>(row).expect("JSON")["id"].as_i64().expect("a number")
    };
    let (flight, refund, other) = (id("上海虹桥"), id("退款怎么办"), id("今天天气"));
    // Entities.
    let said = folder.does(&format!("label p.daoshi --text {flight} --span from=上海 --span to=上海=SHA --json"));
    let spans = said.json();
    assert_eq!(spans.len(), 2, "{spans:?}");
    assert_eq!((&spans[0]["entity"], &spans[0]["start"], &spans[0]["end"]), (&"from".into(), &3.into(), &5.into()));
    assert_eq!((&spans[1]["value"], &spans[1]["start"]), (&"SHA".into(), &6.into()));
    for said in folder.both(&format!("label p.daoshi --text {flight} --span from=Beijing --span to=虹桥"), 1) {
        assert!(said.err.contains("Beijing"), "{said:?}");
    }
    assert_eq!(folder.does(&format!("label p.daoshi --text {flight} --json")).json(), spans, "nothing was changed");
    folder.both("label p.daoshi --text 999999 --span a=b", 1);
    assert_eq!(folder.does(&format!("label p.daoshi --text {flight} --unspan 上海 --json")).json().len(), 1);
    folder.does("undo p.daoshi");
    assert_eq!(folder.does(&format!("label p.daoshi --text {flight} --json")).json(), spans, "the same undo");
    // Links.
    let line = format!("group p.daoshi --together {refund} {other} --json");
    assert_eq!(folder.does(&line).one()["stands"], true);
    let links = folder.does("group p.daoshi --links --json").json();
    assert_eq!((links.len(), &links[0]["together"]), (1, &true.into()));
    assert_eq!(folder.does(&line).one()["stands"], false, "said again, it is taken back");
    folder.does("undo p.daoshi");
    assert_eq!(folder.does("group p.daoshi --links --json").json(), links);
    folder.does(&format!("group p.daoshi --apart {refund} {other}"));
    assert_eq!(folder.does("group p.daoshi --links --json").one()["together"], false);
    folder.both(&format!("group p.daoshi --apart {refund} 999999"), 1);
    folder.both(&format!("group p.daoshi --apart {refund} {other} --clusters 3"), 2);
    // The rescue.
    folder.both("group p.daoshi --rescue 0.2", 1);
    folder.does("group p.daoshi --method density --min-size 2");
    let seen = folder.does("group p.daoshi --rescue 0.0 --preview --json").one();
    assert_eq!((&seen["done"], &seen["rescued"]), (&false.into(), &0.into()));
    let took = folder.does("group p.daoshi --rescue 0.0 --json").one();
    assert_eq!((&took["near"], &took["rescued"]), (&seen["near"], &seen["near"]), "what was promised");
    folder.both("group p.daoshi --rescue 1.5", 2);
    folder.both("group p.daoshi --preview", 2);
}
