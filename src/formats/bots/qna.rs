//! `.qna`: questions with their phrasings and one answer.

use crate::domain::storybook::{Example, Heading, Response, Storybook, Variation};
use crate::formats::rasa::remark::{Remarks, What};

/// Takes each pair as a retrieval intent `qna/…` with its answer.
pub(super) fn read(text: &str, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    let mut pair = Pair::default();
    let mut fenced = false;
    for (number, line) in (1..).zip(text.lines()) {
        let said = line.trim();
        if said.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            pair.answer.push(line.to_owned());
        } else if let Some(question) = said.strip_prefix('#').map(|head| head.trim_start_matches('#').trim()) {
            let question = question.strip_prefix('?').unwrap_or(question).trim();
            std::mem::take(&mut pair).keep(book, remarks);
            pair.line = number;
            pair.questions.extend((!question.is_empty()).then(|| (number, question.to_owned())));
        } else if let Some(item) = said.strip_prefix('-') {
            // What stands below `**Filters:**` narrows where an answer holds.
            if !pair.filters {
                pair.questions.push((number, item.trim().to_owned()));
            }
        } else if said.starts_with("**") {
            pair.filters = true;
        } else if !said.is_empty() && !said.starts_with('>') && !said.starts_with("<a id") && pair.line > 0 {
            remarks.add(number, What::StrayLine { text: said.to_owned() });
        }
    }
    pair.keep(book, remarks);
}

#[derive(Default)]
struct Pair {
    line: u32,
    questions: Vec<(u32, String)>,
    answer: Vec<String>,
    filters: bool,
}

impl Pair {
    fn keep(self, book: &mut Storybook, remarks: &mut Remarks<'_>) {
        let Some((_, question)) = self.questions.first() else { return };
        let answer = self.answer.join("\n").trim().to_owned();
        if answer.is_empty() {
            remarks.add(self.line, What::NoSteps { name: question.clone() });
            return;
        }
        let intent = format!("qna/{question}");
        if !book.intents.iter().any(|known| known.name == "qna") {
            book.intents.push(Heading { name: "qna".into(), place: remarks.place(self.line), ..Heading::default() });
        }
        let said = Variation { text: answer, ..Variation::default() };
        let name = format!("utter_{intent}");
        book.responses.push(Response { name, variations: vec![said], place: remarks.place(self.line) });
        for (line, text) in self.questions {
            book.examples.push(Example { intent: intent.clone(), text, marks: Vec::new(), place: remarks.place(line) });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn pairs_are_read() {
        let text = "> !# @qna.pair.source = x\n\n# ? 你多大了\n- 几岁\n\n**Filters:**\n- editorial = chitchat\n\n```markdown\n没有年龄。\n第二行\n```\n# ? 空的\n";
        let (mut book, mut remarks) = (Storybook::default(), Remarks { file: Path::new("a.qna"), found: Vec::new() });
        read(text, &mut book, &mut remarks);
        let examples: Vec<_> =
            book.examples.iter().map(|e| (e.intent.as_str(), e.text.as_str(), e.place.line)).collect();
        assert_eq!(examples, [("qna/你多大了", "你多大了", 3), ("qna/你多大了", "几岁", 4)]);
        assert_eq!(book.responses[0].variations[0].text, "没有年龄。\n第二行");
        assert_eq!(remarks.found.len(), 1);
    }
}
