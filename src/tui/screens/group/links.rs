//! Two members that belong together, or never do: said one after the other, in any clusters.

use crate::domain::ids::UtteranceId;
use crate::i18n::fill;
use crate::tui::cells;
use crate::tui::screen::{Desk, Effect};
use crate::tui::screens::group::Group;
use crate::workbench::error::Result;
use crate::workbench::links;

/// Columns of a text that is named in a sentence.
const NAMED: usize = 24;

impl Group {
    /// Returns the texts a link is said of: two that are marked, else the one the cursor is on.
    fn linked(&self) -> Vec<(UtteranceId, String)> {
        let marked = self.members.iter().filter(|member| self.strays.contains(&member.utterance.id));
        let here = self.member.at().and_then(|at| self.members.get(at)).filter(|_| self.in_members);
        let chosen: Vec<_> = match self.strays.len() {
            2 => marked.collect(),
            _ => here.into_iter().collect(),
        };
        chosen.into_iter().map(|member| (member.utterance.id, member.utterance.text.clone())).collect()
    }

    pub(super) fn can_link(&self) -> bool {
        !self.linked().is_empty()
    }

    /// Links two texts; the first of two is kept in mind until the other is named.
    pub(super) fn link(&mut self, together: bool, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.group;
        let mut pair = self.linked();
        if let ([one], Some(first)) = (pair.as_slice(), self.first.take()) {
            if one.0 == first.0 {
                return Ok(Effect::None);
            }
            pair.insert(0, first);
        }
        let [one, other] = pair.as_slice() else {
            self.first = pair.pop();
            let text = self.first.as_ref().map_or(String::new(), |(_, text)| cells::cut(text, NAMED));
            return Ok(Effect::Say(fill(t.first_of_two, &[("text", &text)])));
        };
        let stands = links::link(&mut desk.project, one.0, other.0, together)?;
        self.strays.clear();
        self.links = links::links(&desk.project)?;
        let phrase = match (stands, together) {
            (false, _) => t.unlinked,
            (true, true) => t.together,
            (true, false) => t.apart,
        };
        let gaps = [("one", cells::cut(&one.1, NAMED)), ("other", cells::cut(&other.1, NAMED))];
        Ok(Effect::Say(fill(phrase, &gaps.each_ref().map(|(gap, text)| (*gap, text.as_str())))))
    }

    /// Returns the signs of what was said of a member.
    pub(super) fn signs(&self, id: UtteranceId) -> String {
        let own = || self.links.iter().filter(|link| link.one == id || link.other == id);
        let sign = |there: bool, sign: &'static str| if there { sign } else { "" };
        format!("{}{}", sign(own().any(|link| link.together), "="), sign(own().any(|link| !link.together), "|"))
    }
}
