//! A decision at the queue: given, kept beside those of others, or crossed by another trainer's.

use crate::domain::label::Verdict;
use crate::i18n::fill;
use crate::tui::screen::{Desk, Effect, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::label::{Asked, Crossed, Label, RECENT};
use crate::tui::widgets::gauge::thousands;
use crate::workbench::error::Result;
use crate::workbench::label::overlap::{Answered, answer, uncross};

impl Label {
    pub(super) fn decide(&mut self, verdict: Verdict, desk: &mut Desk) -> Result<Effect> {
        let Some(item) = self.item() else { return Ok(Effect::None) };
        let (id, customers) = (item.utterance.id, item.customers);
        let op = desk.project.op();
        let answered = answer(&mut desk.project, &op, id, verdict)?;
        if let Verdict::Intent(intent) = verdict {
            self.recent.retain(|known| *known != intent);
            self.recent.insert(0, intent);
            self.recent.truncate(RECENT);
        }
        let what = self.verdict_name(verdict, desk);
        let (count, said) = match answered {
            Answered::Crossed(theirs) => return Ok(self.ask_crossed(Crossed { theirs: *theirs, mine: verdict }, desk)),
            Answered::Labelled(count) => {
                let gaps = [("n", &*count.to_string()), ("customers", &*thousands(customers)), ("what", &*what)];
                (count, fill(desk.words.label.decided, &gaps))
            }
            Answered::Kept => (1, fill(desk.words.agreement.kept, &[("what", &what)])),
        };
        self.done += 1;
        self.decided.push(id);
        desk.decided += 1;
        self.waiting = self.waiting.saturating_sub(count);
        self.items.remove(self.at);
        self.show(desk)?;
        Ok(Effect::Say(said))
    }

    /// Shows both answers side by side and asks which is to stand.
    fn ask_crossed(&mut self, crossed: Crossed, desk: &Desk) -> Effect {
        let t = &desk.words.agreement;
        let (theirs, mine) = (self.verdict_name(crossed.theirs.verdict, desk), self.verdict_name(crossed.mine, desk));
        let gaps = [
            ("who", crossed.theirs.actor.as_str()),
            ("me", desk.project.actor()),
            ("theirs", theirs.as_str()),
            ("mine", mine.as_str()),
        ];
        let ways = [t.take_theirs, t.take_mine, t.settle_later];
        let items = ways.iter().map(|way| Item::new(fill(way, &gaps), "")).collect();
        let title = fill(t.crossed, &gaps);
        self.asked = Some(Asked::Crossed(crossed));
        Effect::Open(Box::new(Choose::menu(title, items, 0)))
    }

    /// Lets one of two crossed answers stand, or keeps both for whoever settles them.
    pub(super) fn uncross(&mut self, crossed: &Crossed, way: usize, desk: &mut Desk) -> Result<Effect> {
        let (theirs, mine) = (&crossed.theirs, crossed.mine);
        let settled = [Some(theirs.verdict), Some(mine), None].get(way).copied().flatten();
        let op = desk.project.op();
        let count = uncross(&mut desk.project, &op, theirs, mine, settled)?;
        desk.decided += 1;
        self.load(desk)?;
        let t = &desk.words.agreement;
        Ok(Effect::Say(match settled {
            Some(verdict) => {
                let what = self.verdict_name(verdict, desk);
                fill(t.settled, &[("what", &what), ("n", &count.to_string())])
            }
            None => t.for_later.to_string(),
        }))
    }

    fn verdict_name(&self, verdict: Verdict, desk: &Desk) -> String {
        match verdict {
            Verdict::Intent(id) => self.intent(id).map_or(String::new(), |intent| intent.name.clone()),
            Verdict::OutOfScope => desk.words.label.out_of_scope.to_string(),
            Verdict::Ignored => desk.words.label.ignored.to_string(),
            Verdict::Later => desk.words.label.later.to_string(),
        }
    }
}
