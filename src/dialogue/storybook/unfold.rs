//! Courses as plain rows of events: alternatives taken one by one, checkpoints joined.

use crate::dialogue::storybook::event::{Act, Event, Placed};
use crate::domain::storybook::{Course, Step, StepAct, Storybook, Variation};

/// How many rows one course may unfold to, and all of a book.
const MOST_OF_ONE: usize = 512;
const MOST: usize = 20_000;

/// One way through a course.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub events: Vec<Placed>,
    pub rule: bool,
    /// Holds at the beginning of a conversation alone.
    pub opens: bool,
}

/// Returns the rows of all rules and stories, and whether some were left out because there are too many.
pub fn rows(book: &Storybook) -> (Vec<Row>, bool) {
    let mut rows = Vec::new();
    let mut cut = false;
    for (place, rule) in book.rules.iter().enumerate() {
        let (ways, more) = ways(&rule.steps);
        cut |= more;
        for way in ways {
            let mut events = Vec::new();
            let mut add = |event, line| events.push(Placed { event, course: place, line });
            if !rule.opens {
                add(Event::Did(Act::Open), rule.place.line);
            }
            for step in &rule.conditions {
                self::events(book, step).into_iter().for_each(|event| add(event, step.line));
            }
            for step in way {
                self::events(book, step).into_iter().for_each(|event| add(event, step.line));
            }
            rows.push(Row {
                events: heard(events, if rule.waits { Act::Listen } else { Act::Open }),
                rule: true,
                opens: rule.opens,
            });
        }
    }
    let (stories, more) = joined(book, book.rules.len());
    rows.extend(stories.into_iter().map(|events| Row {
        events: heard(events, Act::Listen),
        rule: false,
        opens: false,
    }));
    (rows, cut || more)
}

/// Returns the events of a test conversation; of alternatives the first is taken.
pub fn test(book: &Storybook, course: &Course) -> Vec<Placed> {
    let way = ways(&course.steps).0.swap_remove(0);
    let events = way.into_iter().flat_map(|step| {
        self::events(book, step).into_iter().map(|event| Placed { event, course: 0, line: step.line })
    });
    heard(events.collect(), Act::Listen)
}

/// Puts the listening in: before whatever is said, and at the end.
fn heard(events: Vec<Placed>, end: Act) -> Vec<Placed> {
    let mut out: Vec<Placed> = Vec::with_capacity(events.len() + 4);
    let mut line = 0;
    for placed in events {
        if matches!(placed.event, Event::Said(_)) {
            let last = out.iter().rev().find(|before| matches!(before.event, Event::Did(_)));
            if last.is_none_or(|last| last.event != Event::Did(Act::Listen)) {
                let at = if line == 0 { placed.line } else { line };
                out.push(Placed { event: Event::Did(Act::Listen), course: placed.course, line: at });
            }
        }
        line = placed.line;
        out.push(placed);
    }
    if let Some(last) = out.last() {
        let (course, line) = (last.course, last.line);
        out.push(Placed { event: Event::Did(end), course, line });
    }
    out
}

fn events(book: &Storybook, step: &Step) -> Vec<Event> {
    match &step.act {
        StepAct::User(said) => vec![Event::Said(said.clone())],
        StepAct::Action(name) => vec![Event::Did(act(name))],
        StepAct::Bot(words) => vec![Event::Did(said(book, words.trim()))],
        StepAct::Form(name) => vec![Event::Form(name.clone())],
        StepAct::Slots(slots) => slots.iter().map(|(name, told)| Event::Slot(name.clone(), told.clone())).collect(),
        StepAct::Or(_) | StepAct::Checkpoint(_) => Vec::new(),
    }
}

/// Words of a response are that response.
fn said(book: &Storybook, words: &str) -> Act {
    let says = |variations: &[Variation]| variations.iter().any(|said| said.text.trim() == words);
    let response = book.responses.iter().find(|response| says(&response.variations));
    response.map_or_else(|| Act::Words(words.to_owned()), |response| Act::Named(response.name.clone()))
}

fn act(name: &str) -> Act {
    match name {
        "action_listen" => Act::Listen,
        "..." => Act::Open,
        _ => Act::Named(name.to_owned()),
    }
}

/// Returns the ways through a list of steps, each alternative in its turn.
fn ways(steps: &[Step]) -> (Vec<Vec<&Step>>, bool) {
    let mut ways: Vec<Vec<&Step>> = vec![Vec::new()];
    let mut cut = false;
    for step in steps {
        match &step.act {
            StepAct::Or(choices) if !choices.is_empty() => {
                if ways.len() * choices.len() > MOST_OF_ONE {
                    cut = true;
                    ways.iter_mut().for_each(|way| way.push(&choices[0]));
                    continue;
                }
                let mut longer = Vec::with_capacity(ways.len() * choices.len());
                for way in &ways {
                    longer.extend(choices.iter().map(|choice| way.iter().copied().chain([choice]).collect()));
                }
                ways = longer;
            }
            _ => ways.iter_mut().for_each(|way| way.push(step)),
        }
    }
    (ways, cut)
}

/// A stretch of a story between checkpoints.
struct Piece {
    from: Option<String>,
    to: Option<String>,
    events: Vec<Placed>,
}

/// Joins stories at their checkpoints; none is passed twice on one way.
fn joined(book: &Storybook, before: usize) -> (Vec<Vec<Placed>>, bool) {
    let (mut pieces, mut cut) = (Vec::new(), false);
    for (place, story) in book.stories.iter().enumerate() {
        let (ways, more) = ways(&story.steps);
        cut |= more;
        for way in ways {
            let mut piece = Piece { from: None, to: None, events: Vec::new() };
            for step in way {
                if let StepAct::Checkpoint(name) = &step.act {
                    let fresh = Piece { from: Some(name.clone()), to: None, events: Vec::new() };
                    let mut done = std::mem::replace(&mut piece, fresh);
                    if !done.events.is_empty() {
                        done.to = Some(name.clone());
                        pieces.push(done);
                    }
                    continue;
                }
                let course = before + place;
                piece.events.extend(self::events(book, step).into_iter().map(|event| Placed {
                    event,
                    course,
                    line: step.line,
                }));
            }
            if !piece.events.is_empty() {
                pieces.push(piece);
            }
        }
    }
    let mut out: Vec<Vec<Placed>> = Vec::new();
    let ended = |name: &str| pieces.iter().any(|piece| piece.to.as_deref() == Some(name));
    // A stretch whose checkpoint nobody leads to stands for itself.
    let starts = (0..pieces.len()).filter(|at| pieces[*at].from.as_deref().is_none_or(|name| !ended(name)));
    let mut waiting: Vec<Vec<usize>> = starts.map(|at| vec![at]).collect();
    waiting.reverse();
    while let Some(way) = waiting.pop() {
        if out.len() + waiting.len() > MOST {
            cut = true;
            break;
        }
        let last = &pieces[*way.last().expect("a way has a piece")];
        let next: Vec<usize> = match &last.to {
            None => Vec::new(),
            Some(name) => {
                (0..pieces.len()).filter(|at| pieces[*at].from.as_ref() == Some(name) && !way.contains(at)).collect()
            }
        };
        if next.is_empty() {
            out.push(way.iter().flat_map(|at| pieces[*at].events.iter().cloned()).collect());
            continue;
        }
        let longer = next.into_iter().rev().map(|at| way.iter().copied().chain([at]).collect());
        waiting.extend(longer);
    }
    (out, cut)
}
