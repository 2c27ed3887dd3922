//! Training data and stories of version 1 in Markdown.

use crate::domain::storybook::{Course, Entity, Example, Step, StepAct, Storybook, Utter};
use crate::formats::corpus::inline;
use crate::formats::rasa::courses::{json_entities, json_told};
use crate::formats::rasa::remark::{Remarks, What};
use crate::formats::rasa::training::extend;

/// Takes a file's sections; tells whether any is one of ours.
pub(super) fn read(text: &str, tests: bool, book: &mut Storybook, remarks: &mut Remarks<'_>) -> bool {
    let plain = without_comments(text);
    let heads = ["intent:", "synonym:", "lookup:", "regex:"];
    let head = |line: &str| line.strip_prefix("##").map(|head| head.trim().to_owned());
    if plain.lines().filter_map(head).any(|head| heads.iter().any(|kind| head.starts_with(kind))) {
        data(&plain, book, remarks);
        return true;
    }
    let is_story = plain.lines().any(|line| line.starts_with("##") || line.starts_with('>'))
        && plain.lines().any(|line| line.starts_with('*'))
        && plain.lines().any(|line| line.starts_with([' ', '\t']) && line.trim_start().starts_with("- "));
    if is_story {
        let courses = stories(&plain, remarks);
        if tests { &mut book.tests } else { &mut book.stories }.extend(courses);
    }
    is_story
}

/// Returns the text with its comments emptied, lines staying where they are.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<!--") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find("-->").map_or(rest.len(), |end| at + end + 3);
        out.extend(rest[at..end].matches('\n'));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn data(text: &str, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    let (mut kind, mut name) = (String::new(), String::new());
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(head) = text.strip_prefix("##") {
            let (said, of) = head.split_once(':').unwrap_or((head, ""));
            (kind, name) = (said.trim().to_owned(), of.trim().to_owned());
            continue;
        }
        let Some(item) = text.trim_start().strip_prefix(['-', '*', '+']) else {
            if !text.trim().is_empty() && !text.starts_with('#') && !kind.is_empty() {
                remarks.add(line, What::StrayLine { text: text.trim().to_owned() });
            }
            continue;
        };
        let item = item.trim();
        match kind.as_str() {
            "intent" => {
                let (text, marks) = inline::plain(item);
                book.examples.push(Example { intent: name.clone(), text, marks, place: remarks.place(line) });
            }
            "synonym" => extend(&mut book.synonyms, name.clone(), std::iter::once(item.to_owned())),
            "lookup" => extend(&mut book.lookups, name.clone(), std::iter::once(item.to_owned())),
            "regex" => book.patterns.push((name.clone(), item.to_owned())),
            _ => {}
        }
    }
}

fn stories(text: &str, remarks: &mut Remarks<'_>) -> Vec<Course> {
    let mut courses: Vec<Course> = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let said = text.trim();
        if let Some(name) = said.strip_prefix("##") {
            let name = name.trim_start_matches('#').trim().to_owned();
            courses.push(Course { name, place: remarks.place(line), waits: true, ..Course::default() });
            continue;
        }
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        let act = match said.chars().next() {
            Some('>') => Some(StepAct::Checkpoint(call(said[1..].trim()).0.to_owned())),
            // What happens in a form while all goes well is the form's own affair.
            Some('*') if said[1..].trim_start().starts_with("form:") => continue,
            Some('*') => Some(user(said[1..].trim())),
            Some('-') if said[1..].trim_start().starts_with("form:") => continue,
            Some('-') => action(said[1..].trim()),
            _ => None,
        };
        let (Some(act), Some(course)) = (act, courses.last_mut()) else {
            if !courses.is_empty() {
                remarks.add(line, What::StrayLine { text: said.to_owned() });
            }
            continue;
        };
        course.steps.push(Step { line, act });
    }
    courses.retain(|course| {
        if course.steps.is_empty() {
            remarks.add(course.place.line, What::NoSteps { name: course.name.clone() });
        }
        !course.steps.is_empty()
    });
    courses
}

/// Cuts `name{…}` in two.
fn call(text: &str) -> (&str, &str) {
    text.split_at(text.find('{').unwrap_or(text.len()))
}

fn user(text: &str) -> StepAct {
    let mut ways: Vec<StepAct> = text
        .split(" OR ")
        .map(|way| {
            let way = way.trim();
            let (intent, json) = call(way);
            // `* greet: hello [Li](name)` is a turn of a test.
            if let Some((intent, words)) = way.split_once(':').filter(|(intent, _)| !intent.contains('{')) {
                return StepAct::User(Utter {
                    intent: Some(intent.trim().to_owned()),
                    text: Some(inline::plain(words.trim()).0),
                    entities: inline::told(words),
                });
            }
            let entities: Vec<Entity> = json_entities(json).unwrap_or_default();
            let intent = intent.trim().trim_start_matches('_').to_owned();
            StepAct::User(Utter { intent: Some(intent), text: None, entities })
        })
        .collect();
    match ways.len() {
        1 => ways.remove(0),
        _ => StepAct::Or(ways.into_iter().map(|act| Step { line: 0, act }).collect()),
    }
}

fn action(text: &str) -> Option<StepAct> {
    let (name, json) = call(text);
    let name = name.trim();
    match name {
        "slot" => {
            let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).ok()?;
            Some(StepAct::Slots(map.iter().map(|(name, value)| (name.clone(), json_told(value))).collect()))
        }
        "form" | "active_loop" => {
            let about: serde_json::Value = serde_json::from_str(json).ok()?;
            Some(StepAct::Form(about.get("name").and_then(serde_json::Value::as_str).map(str::to_owned)))
        }
        "" => None,
        // An action is a name; prose is none.
        _ if name.contains(char::is_whitespace) => None,
        _ => Some(StepAct::Action(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::storybook::Told;

    fn book(text: &str, tests: bool) -> (Storybook, Vec<What>) {
        let (mut book, mut remarks) =
            (Storybook::default(), Remarks { file: Path::new("stories.md"), found: Vec::new() });
        assert!(read(text, tests, &mut book, &mut remarks));
        (book, remarks.found.into_iter().map(|remark| remark.what).collect())
    }

    #[test]
    fn training_data_is_read() {
        let (book, remarks) = book(
            "## intent:查天气\n- [明天](time)[上海](city:沪)天气\n<!-- 先\n不用 -->\n- 天气\n\n## synonym:沪\n- 申城\n## regex:zip\n- [0-9]{6}\n",
            false,
        );
        assert_eq!(remarks, []);
        assert_eq!(book.examples.len(), 2);
        assert_eq!((book.examples[0].text.as_str(), book.examples[0].marks.len()), ("明天上海天气", 2));
        assert_eq!(book.examples[1].place.line, 5);
        assert_eq!((book.synonyms[0].1.as_slice(), book.patterns.len()), (&["申城".to_owned()][..], 1));
    }

    #[test]
    fn stories_are_read() {
        let (book, remarks) = book(
            "## 查天气\n* greet OR hello\n - utter_greet\n* weather{\"city\": \"沪\"}\n  - weather_form\n  - form{\"name\": \"weather_form\"}\n  - slot{\"n\": 3}\n* form: inform{\"x\": \"y\"}\n  - form: weather_form\n  - form{\"name\": null}\n> done\nstray\n",
            false,
        );
        assert_eq!(remarks, [What::StrayLine { text: "stray".into() }]);
        let steps: Vec<&StepAct> = book.stories[0].steps.iter().map(|step| &step.act).collect();
        assert!(matches!(steps[0], StepAct::Or(ways) if ways.len() == 2));
        assert!(matches!(steps[2], StepAct::User(said) if said.entities[0].value == Told::Text("沪".into())));
        assert_eq!(steps[4], &StepAct::Form(Some("weather_form".into())));
        assert_eq!(steps[5], &StepAct::Slots(vec![("n".into(), Told::Number(3.0))]));
        assert_eq!(steps[6], &StepAct::Form(None));
        assert_eq!(steps[7], &StepAct::Checkpoint("done".into()));
    }

    #[test]
    fn tests_hold_the_words_of_customers() {
        let (book, _) = book("## happy\n* greet: hello [Li](name)\n  - utter_greet\n", true);
        let StepAct::User(said) = &book.tests[0].steps[0].act else { panic!("{book:?}") };
        assert_eq!((said.intent.as_deref(), said.text.as_deref()), (Some("greet"), Some("hello Li")));
        assert_eq!(said.entities[0].name, "name");
    }
}
