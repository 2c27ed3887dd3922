//! Each construct of Rasa's rules, stories and forms, in bots of a few lines.

mod brought;
mod courses;
mod slots;

use std::path::Path;

use crate::bot::Bot;
use crate::dialogue::state::State;
use crate::dialogue::storybook::decide::{By, Decider};
use crate::dialogue::storybook::replay::{Played, Verdict, play};
use crate::formats::rasa::folder::{self, Project};
use crate::formats::rasa::remark::What;
use crate::workbench::project::Project as Ours;
use crate::workbench::storybook::{bring, read, replay, replay_understood, write_botium, write_rasa};

/// Reads a project of these files.
fn project(files: &[(&str, &str)]) -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let mut project = folder::read(folder.path()).expect("a project");
    project.remarks.iter_mut().for_each(|remark| {
        remark.place.file = remark.place.file.strip_prefix(folder.path()).expect("below").to_path_buf();
    });
    project
}

/// Plays the tests of a project of three files.
fn plays(domain: &str, courses: &str, tests: &str) -> Vec<Played> {
    let project = project(&[("domain.yml", domain), ("data/all.yml", courses), ("tests/test_all.yml", tests)]);
    let decider = Decider::new(&project.book);
    assert!(!project.book.tests.is_empty(), "{:?}", project.remarks);
    project.book.tests.iter().map(|test| play(&decider, test, &|_| None)).collect()
}

/// Tells that every decision of every test is right.
fn right(domain: &str, courses: &str, tests: &str) {
    for played in plays(domain, courses, tests) {
        assert!(played.passed(), "{}: {:#?}", played.name, not_right(&played));
    }
}

fn not_right(played: &Played) -> Vec<String> {
    let wrong = played.decisions.iter().filter(|decided| decided.verdict != Verdict::Right);
    wrong
        .map(|d| format!("{}: {:?} wanted {:?} got {:?} by {:?}", d.line, d.verdict, d.wanted, d.got.act, d.got.by))
        .collect()
}

const SHOP: &str = "
intents: [hi, bye, order, say, help, agree, refuse, chat, more]
entities: [size, town]
slots:
  size: {type: text, influence_conversation: true, mappings: [{type: from_entity, entity: size}]}
  sure: {type: bool, mappings: [{type: custom}]}
  kind: {type: categorical, values: [Bread, cake], mappings: [{type: custom}]}
  notes: {type: list, mappings: [{type: custom}]}
  weight: {type: float, mappings: [{type: custom}]}
  quiet: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  memo: {type: any, mappings: [{type: custom}]}
forms: {order_form: {required_slots: [size, sure]}, town_form: {required_slots: [town]}}
responses: {utter_hi: [{text: Hello there}], utter_bye: [{text: Bye}], utter_help: [{text: I help}], utter_small: [{text: s}], utter_big: [{text: b}]}
actions: [action_bake, action_ship, action_ask]
";
