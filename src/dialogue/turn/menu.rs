//! Answering a menu: by number, ordinal, label, words of a label or intent; or 都不是.

use crate::dialogue::event::{Item, Pending, Target};
use crate::dialogue::hear::fold::{bare, fold, signless};
use crate::dialogue::hear::phrase::{choice, is, yes_or_no};
use crate::dialogue::policy::phrases::lexicon;
use crate::dialogue::trace::{Chosen, Reason};
use crate::dialogue::turn::begin::go;
use crate::dialogue::turn::candidates::{label, margin, sure};
use crate::dialogue::turn::choices::choices;
use crate::dialogue::turn::fill::{missing, take};
use crate::dialogue::turn::need::need;
use crate::dialogue::turn::talk::{Next, Talk};

/// Offers targets and waits for a choice. `said` is what the choice is about.
pub(crate) fn offer(talk: &mut Talk, text: String, targets: &[Target], clarifies: bool) {
    let items: Vec<Item> = targets.iter().map(|t| Item { label: label(talk, t), target: t.clone() }).collect();
    let said = talk.heard.text.clone();
    let pending = Pending::Menu { items, said, clarifies };
    let options = choices(talk, &pending);
    talk.reply(text, options);
    talk.ask(pending);
}

pub(crate) fn menu(talk: &mut Talk, items: &[Item], said: &str) -> Next {
    let labels = || items.iter().map(|i| i.label.clone()).collect::<Vec<_>>();
    if none(talk, items) {
        talk.answered();
        talk.note(4, true, Reason::NoneOfThese { labels: labels() });
        return Next::Low;
    }
    let Some((place, by)) = chosen(talk, items) else {
        // The ladder's menu may stand before a question that is answered now.
        if let Some(topic) = talk.state.top().and_then(|f| talk.policy.topic(&f.topic)) {
            let empty = missing(talk, topic);
            if take(talk, &talk.heard.text, &empty, &[]).iter().any(|t| t.sure) {
                return need(talk, &topic.name, &empty, &[]);
            }
        }
        talk.note(4, false, Reason::NotAnAnswer { wanted: Vec::new(), options: labels() });
        return Next::Go;
    };
    talk.understood();
    let item = &items[place];
    talk.note(4, true, Reason::Chosen { label: item.label.clone(), by });
    let text = talk.heard.text.clone();
    // A number only chooses; it is no date and no sum of the topic chosen.
    let texts: &[&str] = if matches!(by, Chosen::Number | Chosen::Yes) { &[said] } else { &[said, &text] };
    go(talk, &item.target, texts)
}

fn none(talk: &Talk, items: &[Item]) -> bool {
    let own = talk.policy.bot.phrases.none.iter().any(|n| fold(n) == bare(&talk.folded));
    let number = choice(&talk.folded, items.len() + 1) == Some(items.len());
    let last = is(&talk.folded, &lexicon().last);
    own || number && !last || is(&talk.folded, &lexicon().none) || yes_or_no(&talk.folded) == Some(false)
}

fn chosen(talk: &Talk, items: &[Item]) -> Option<(usize, Chosen)> {
    if items.len() == 1 && yes_or_no(&talk.folded) == Some(true) {
        return Some((0, Chosen::Yes));
    }
    if let Some(place) = choice(&talk.folded, items.len()) {
        return Some((place, Chosen::Number));
    }
    let said = signless(&talk.folded);
    let labels: Vec<String> = items.iter().map(|i| signless(&fold(&i.label))).collect();
    let only = |fits: &dyn Fn(&String) -> bool| {
        let mut found = labels.iter().enumerate().filter(|(_, l)| !l.is_empty() && fits(l));
        found.next().filter(|_| found.next().is_none()).map(|(place, _)| place)
    };
    let long = said.chars().count() >= 2;
    let named = only(&|l| *l == said)
        .or_else(|| only(&|l| said.contains(l.as_str())))
        .or_else(|| only(&|l| long && l.contains(said.as_str())));
    if let Some(place) = named {
        return Some((place, Chosen::Label));
    }
    // Having been offered, a choice needs no more than the lower limit, but must still stand out.
    let limits = &talk.policy.limits;
    let best = talk.candidates.first().filter(|_| margin(&talk.candidates) >= limits.margin);
    let offered = best.filter(|c| c.probability >= limits.ask).and_then(|c| c.way);
    if let Some(place) = offered.and_then(|way| items.iter().position(|i| way.is(&i.target, talk.policy))) {
        return Some((place, Chosen::Intent));
    }
    if sure(talk).is_some() {
        return None;
    }
    by_words(&said, &labels).map(|place| (place, Chosen::Words))
}

/// Characters of any sentence, which tell no label from another.
const EVERYWHERE: &str = "的了吗呢吧是个这那我你您一不在就和";

/// Returns the one label whose own characters (those no other label has) the text shares most.
fn by_words(said: &str, labels: &[String]) -> Option<usize> {
    let longest = labels.iter().map(|l| l.chars().count()).max()?;
    if said.chars().count() > longest + 6 {
        return None;
    }
    let own = |place: usize| {
        let elsewhere = |c: &char| labels.iter().enumerate().any(|(p, l)| p != place && l.contains(*c));
        let tells = |c: &char| !c.is_ascii() && !EVERYWHERE.contains(*c) && !elsewhere(c) && said.contains(*c);
        labels[place].chars().filter(tells).count()
    };
    let scores: Vec<usize> = (0..labels.len()).map(own).collect();
    let best = *scores.iter().max()?;
    let mut with_best = scores.iter().enumerate().filter(|(_, s)| **s == best);
    let place = with_best.next()?.0;
    (best > 0 && labels.len() > 1 && with_best.next().is_none()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_label_choose_it() {
        let labels = ["查账单".to_owned(), "账单有误".to_owned()];
        assert_eq!(by_words("我觉得有问题", &labels), Some(1));
        assert_eq!(by_words("查看一下", &labels), Some(0));
        assert_eq!(by_words("账单", &labels), None);
        assert_eq!(by_words("还款的事", &["查账单".to_owned(), "核对有误的账单".to_owned()]), None);
        assert_eq!(by_words("随便", &labels), None);
    }
}
