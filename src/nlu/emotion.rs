//! How a customer sounds in one text: feelings by lexicon, and risks that matter whatever the mood.
//!
//! Answers "angry, worried, lost, content — and is there a threat in it?" and names the words that say so. The
//! words, their weights and what bends them stand in `assets/lexicons/emotion*.tsv`, ours to edit without code:
//! terms with a feeling, a weight and a risk; negations, degrees, rhetorical turns, and plain phrases that hide a
//! shorter term (`垃圾短信`, `应急`); facts that turn a term into business (`法院 … 冻结`). At each place the longest
//! phrase wins. Called by `bot` for every turn; how feelings add up over turns is the policy's affair
//! (`dialogue`). Not here: learning (`moods`).

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::domain::prediction::Emotion;
use crate::nlu::terms::is_han;
use crate::text::compatible::compatible;
use crate::text::segment::Segmenter;

static TERMS: &str = include_str!("../../assets/lexicons/emotion.tsv");
static MODIFIERS: &str = include_str!("../../assets/lexicons/emotion-modifiers.tsv");
static CONTEXTS: &str = include_str!("../../assets/lexicons/emotion-contexts.tsv");

/// Judges one text.
pub fn emotion(text: &str) -> Emotion {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);
    let folded = compatible(text);
    let marks = LEXICON.marks(&folded);
    let mut sums = [0f32; 4];
    let mut emotion = Emotion::default();
    let mut rhetorical = false;
    for (i, mark) in marks.iter().enumerate() {
        match mark.phrase {
            Phrase::Rhetorical { asks } if !*asks || asks_something(&folded[mark.end..]) => {
                rhetorical = true;
                sums[Feeling::Angry as usize] += RHETORICAL;
                emotion.words.push(folded[mark.start..mark.end].to_string());
            }
            Phrase::Term { feeling, weight, risk } => {
                let (feeling, weight) = (*feeling, *weight);
                let term = &folded[mark.start..mark.end];
                if LEXICON.is_fact(term, &folded) || asks_either_way(&folded[..mark.start], term) {
                    continue;
                }
                let denied = denied(&folded, &marks[..i], mark, rhetorical);
                let void = feeling == Some(Feeling::Satisfied) && !denied && asked_about(&folded[mark.end..]);
                if void || denied && feeling != Some(Feeling::Satisfied) {
                    continue;
                }
                let strength = weight * degree(&folded, &marks, i);
                match feeling {
                    // Said not to be content: half as angry as the word was glad.
                    Some(Feeling::Satisfied) if denied => sums[Feeling::Angry as usize] += strength * 0.7,
                    Some(feeling) => sums[feeling as usize] += strength,
                    None => {}
                }
                emotion.words.push(term.to_string());
                if let Some(risk) = risk
                    && !emotion.risks.contains(risk)
                {
                    emotion.risks.push(risk.clone());
                }
            }
            _ => {}
        }
    }
    if emotion.words.is_empty() && puzzled_signs_alone(&folded) {
        sums[Feeling::Confused as usize] += 1.0;
        sums[Feeling::Angry as usize] += 0.5;
        emotion.words.push(folded.trim().to_string());
    }
    let loud = loudness(text, &folded);
    let [angry, anxious, confused, satisfied] = sums.map(|sum| 1.0 - (-sum * loud / EASE).exp());
    // A polite ending does not make an angry message a content one.
    let satisfied = if angry > satisfied { satisfied * 0.3 } else { satisfied };
    Emotion { angry, anxious, confused, satisfied, ..emotion }
}

/// The sum of weights at which a feeling reaches 0.63.
const EASE: f32 = 3.0;
/// What an accusing question weighs.
const RHETORICAL: f32 = 2.0;
/// The most bytes of a Chinese term that may be part of other words: two characters.
const SHORT: usize = 6;
/// How far a negation reaches, in letters of Han or Latin words.
const REACH: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feeling {
    Angry = 0,
    Anxious = 1,
    Confused = 2,
    Satisfied = 3,
}

#[derive(Debug, Clone, PartialEq)]
enum Phrase {
    Term {
        feeling: Option<Feeling>,
        weight: f32,
        risk: Option<String>,
    },
    Not,
    Degree(f32),
    /// A degree that stands behind its word.
    After(f32),
    /// An accusing turn; `asks` means only when the clause goes on to ask.
    Rhetorical {
        asks: bool,
    },
    Plain,
}

struct Lexicon {
    finder: AhoCorasick,
    phrases: Vec<Phrase>,
    /// Terms, each with the words that make it a fact.
    facts: Vec<(&'static str, Vec<&'static str>)>,
}

/// A phrase found in a text.
struct Mark<'l> {
    start: usize,
    end: usize,
    phrase: &'l Phrase,
}

impl Lexicon {
    fn read() -> Self {
        let mut letters: Vec<&str> = Vec::new();
        let mut phrases = Vec::new();
        for row in rows(TERMS) {
            let feeling = match row[1] {
                "angry" => Some(Feeling::Angry),
                "anxious" => Some(Feeling::Anxious),
                "confused" => Some(Feeling::Confused),
                "satisfied" => Some(Feeling::Satisfied),
                _ => None,
            };
            letters.push(row[0]);
            let risk = Some(row[3]).filter(|risk| *risk != "-").map(String::from);
            phrases.push(Phrase::Term { feeling, weight: number(row[2]), risk });
        }
        for row in rows(MODIFIERS) {
            letters.push(row[1]);
            phrases.push(match row[0] {
                "not" => Phrase::Not,
                "degree" => Phrase::Degree(number(row[2])),
                "after" => Phrase::After(number(row[2])),
                "rhetorical" => Phrase::Rhetorical { asks: false },
                "rhetorical?" => Phrase::Rhetorical { asks: true },
                _ => Phrase::Plain,
            });
        }
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&letters)
            .expect("the lexicon in the binary is far below the finder's limits");
        let facts = rows(CONTEXTS).map(|row| (row[0], row[1].split('|').collect())).collect();
        Self { finder, phrases, facts }
    }

    /// Finds phrases from left to right, the longest at each place, Latin ones only as whole words.
    fn marks<'l>(&'l self, text: &str) -> Vec<Mark<'l>> {
        let mut found: Vec<Mark> = self
            .finder
            .find_overlapping_iter(text)
            .map(|m| Mark { start: m.start(), end: m.end(), phrase: &self.phrases[m.pattern().as_usize()] })
            .filter(|mark| is_whole(text, mark.start, mark.end))
            .collect();
        // 上|当前 is no 上当: a short Chinese term must not lie across two words.
        let short = |mark: &Mark| {
            matches!(mark.phrase, Phrase::Term { .. })
                && text[mark.start..mark.end].chars().all(is_han)
                && mark.end - mark.start <= SHORT
        };
        if found.iter().any(short) {
            let edges = edges(text);
            found.retain(|mark| {
                let cut = (mark.start + 1..mark.end).any(|at| edges.contains(&at));
                !short(mark) || !cut || edges.contains(&mark.start) && edges.contains(&mark.end)
            });
        }
        found.sort_by_key(|mark| (mark.start, usize::MAX - mark.end));
        let terms: Vec<(usize, usize)> = found
            .iter()
            .filter(|mark| matches!(mark.phrase, Phrase::Term { .. }))
            .map(|mark| (mark.start, mark.end))
            .collect();
        let mut reached = 0;
        found.retain(|mark| {
            // A negation or degree gives way to a term that begins in it and goes on: 还|没人管.
            let gives_way = matches!(mark.phrase, Phrase::Not | Phrase::Degree(_))
                && terms.iter().any(|&(start, end)| start > mark.start && start < mark.end && end > mark.end);
            let free = mark.start >= reached && !gives_way;
            if free {
                reached = mark.end;
            }
            free
        });
        found
    }

    fn is_fact(&self, term: &str, text: &str) -> bool {
        self.facts.iter().any(|(fact, words)| *fact == term && words.iter().any(|word| text.contains(word)))
    }
}

/// Returns where the words of a text begin and end.
fn edges(text: &str) -> HashSet<usize> {
    let mut at = 0;
    let ends = Segmenter::general().words(text).into_iter().map(|word| {
        at += word.len();
        at
    });
    std::iter::once(0).chain(ends).collect()
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn number(cell: &str) -> f32 {
    cell.parse().expect("the lexicon in the binary holds numbers where they belong")
}

/// Tells whether a phrase does not begin or end in the middle of a Latin word or a number.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        let latin = |c: char| c.is_alphanumeric() && !is_han(c);
        a.is_some_and(latin) && b.is_some_and(latin)
    };
    let (before, inside, after) = (&text[..start], &text[start..end], &text[end..]);
    !joins(before.chars().next_back(), inside.chars().next())
        && !joins(inside.chars().next_back(), after.chars().next())
}

/// Counts what stands between two phrases: letters of Han, words of Latin; `None` when a clause ends there.
fn distance(between: &str) -> Option<usize> {
    let mut count = 0;
    let mut in_word = false;
    for c in between.chars() {
        if matches!(c, '，' | ',' | '。' | '.' | '!' | '！' | '?' | '？' | ';' | '；' | ':' | '：' | '\n' | '、' | '…')
        {
            return None;
        }
        let latin = c.is_alphanumeric() && !is_han(c);
        if is_han(c) || latin && !in_word {
            count += 1;
        }
        in_word = latin;
    }
    Some(count)
}

/// Tells whether a term is said not to be so: an odd number of negations before it, near and in its clause.
fn denied(text: &str, before: &[Mark], term: &Mark, rhetorical: bool) -> bool {
    let mut negations = 0;
    let mut next = term.start;
    for mark in before.iter().rev() {
        let between = &text[mark.end..next];
        if distance(between).is_none_or(|gap| gap > REACH) {
            break;
        }
        match mark.phrase {
            // 急不急: a question, not a denial.
            Phrase::Not if is_a_not_a(text, mark) => {}
            // 不处理我就投诉, if you don't, I'll sue: what follows the condition is said outright.
            Phrase::Not if turns(between) && !text[..mark.end].ends_with('是') => break,
            Phrase::Not => negations += 1,
            // A negation acts on the first feeling after it.
            Phrase::Term { .. } => break,
            // 难道不生气: an accusing question turns nothing round.
            Phrase::Rhetorical { .. } if rhetorical => return false,
            _ => {}
        }
        next = mark.start;
    }
    negations % 2 == 1
}

fn turns(between: &str) -> bool {
    between.contains(['就', '我', '也', '但', '却'])
        || between.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word == "i")
}

fn is_a_not_a(text: &str, not: &Mark) -> bool {
    let before = text[..not.start].chars().next_back();
    before.is_some_and(is_han) && before == text[not.end..].chars().next()
}

/// Tells whether a term that denies is half of a question: 好|不好用, 满意|不满意, 好用|不好用.
fn asks_either_way(before: &str, term: &str) -> bool {
    let denied = term.strip_prefix(['不', '没']).unwrap_or("");
    let first = denied.chars().next();
    first.is_some_and(|first| before.ends_with(first)) || !denied.is_empty() && before.ends_with(denied)
}

/// Returns how much stronger or weaker the words beside a term make it.
fn degree(text: &str, marks: &[Mark], i: usize) -> f32 {
    // Closer than the reach of a negation: 很 belongs to what follows at once, give or take 地 or 让人.
    const BESIDE: usize = 2;
    let mut factor = 1.0f32;
    let mut next = marks[i].start;
    for mark in marks[..i].iter().rev() {
        if distance(&text[mark.end..next]).is_none_or(|gap| gap > BESIDE) {
            break;
        }
        match mark.phrase {
            Phrase::Degree(by) => factor *= by,
            Phrase::Not | Phrase::Plain => {}
            _ => break,
        }
        next = mark.start;
    }
    if let Some(Mark { start, phrase: Phrase::After(by), .. }) = marks.get(i + 1)
        && distance(&text[marks[i].end..*start]) == Some(0)
    {
        factor *= by;
    }
    factor.clamp(0.3, 2.5)
}

/// Tells whether the clause goes on to ask.
fn asks_something(rest: &str) -> bool {
    let end = rest.find(['。', '!', '！', '\n']).unwrap_or(rest.len());
    rest[..end].contains(['吗', '嘛', '么', '?', '嗎'])
}

/// Tells whether what was just said is being asked: 解决了吗, 满意不, is it resolved?
fn asked_about(rest: &str) -> bool {
    let clause = rest.find(['，', ',', '。', '.', '!', '；', ';', '\n']).map_or(rest, |end| &rest[..end]);
    let clause = clause.trim();
    clause.ends_with('?') || clause.starts_with(['吗', '没', '么', '嘛', '不', '嗎'])
}

fn puzzled_signs_alone(text: &str) -> bool {
    let text = text.trim();
    text.contains('?') && text.chars().all(|c| matches!(c, '?' | '!' | ' '))
}

/// Returns how much louder than plainly a text speaks: repeated marks, capitals, drawn-out sounds.
pub(in crate::nlu) fn loudness(raw: &str, folded: &str) -> f32 {
    let mut loud = 1.0;
    let mut run = ('\0', 0);
    let (mut marks, mut drawn) = (0, 0);
    for c in folded.chars() {
        run = if c == run.0 || matches!((c, run.0), ('?', '!') | ('!', '?')) { (c, run.1 + 1) } else { (c, 1) };
        if matches!(c, '!' | '?') {
            marks = marks.max(run.1);
        } else if matches!(c, '啊' | '呀' | '哦' | '嘛' | '呢' | '吧' | '~') || c.is_ascii_alphabetic() {
            drawn = drawn.max(run.1);
        }
    }
    if marks >= 3 {
        loud *= 1.3;
    }
    let shouted = raw.split_whitespace().filter(|w| w.len() >= 3 && w.chars().all(|c| c.is_ascii_uppercase())).count();
    if drawn >= 3 || shouted >= 2 {
        loud *= 1.1;
    }
    loud
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn risks(text: &str) -> Vec<String> {
        emotion(text).risks
    }

    #[test]
    fn questions_about_business_are_neither_anger_nor_risk() {
        for text in [
            "怎么投诉物流",
            "投诉电话是多少",
            "老是收到垃圾短信怎么退订",
            "法院冻结了账户怎么办",
            "我的卡被法院把钱扣划走了",
            "恶心呕吐能理赔吗",
            "不急",
            "不着急，慢慢来",
            "应急贷怎么申请",
            "这个东西好不好用？",
            "这卡好用不好用",
            "对服务满意不满意在哪评",
            "紧急联系人可以改吗",
            "我打算了解一下贷款",
            "订单12345678到哪了",
            "你是机器人吗",
            "人工智能基金有哪些",
            "被保险人自杀赔吗",
            "有跳楼价的活动吗",
            "律师费可以报销吗",
            "How do I file a complaint about the delivery?",
            "Where is the garbage collection fee shown?",
            "Is urgent care covered?",
            "I need a power of attorney form",
            "it's not urgent",
        ] {
            let found = emotion(text);
            assert!(found.angry < 0.3 && found.anxious < 0.3, "{text}: {found:?}");
            assert!(found.risks.is_empty(), "{text}: {found:?}");
        }
    }

    #[test]
    fn threats_and_dangers_are_named() {
        for (text, risk) in [
            ("再不处理我就投诉你们", "complaint"),
            ("不退钱我就去告你们", "legal"),
            ("If you don't refund me I'll sue", "legal"),
            ("我要打12378", "regulator"),
            ("信不信我找银保监会", "regulator"),
            ("我发抖音曝光你们", "media"),
            ("等着收律师函吧", "legal"),
            ("我的卡被盗刷了", "fraud"),
            ("被骗了怎么办", "fraud"),
            ("活着没意思，不想活了", "safety"),
            ("我要销户", "leaving"),
            ("转人工", "human"),
            ("我要投訴", "complaint"),
            ("I will sue you", "legal"),
            ("I'll report this to the CFPB", "regulator"),
            ("Let me speak to a human", "human"),
            ("I think my account was hacked", "fraud"),
            ("close my account now", "leaving"),
        ] {
            assert!(risks(text).contains(&risk.to_string()), "{text}: {:?}", emotion(text));
        }
    }

    #[test]
    fn a_denied_threat_is_none() {
        for text in ["我不投诉", "我没有被骗", "不用转人工", "不是要投诉", "I don't want to sue"] {
            assert_eq!(risks(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn each_feeling_is_heard_in_both_languages() {
        for text in ["你们太差了", "什么态度啊", "气死我了", "This is ridiculous", "I am so frustrated!"]
        {
            assert!(emotion(text).angry >= 0.5, "{text}: {:?}", emotion(text));
        }
        for text in ["我很着急", "急用钱！", "我好担心", "I'm really worried"] {
            assert!(emotion(text).anxious >= 0.5, "{text}: {:?}", emotion(text));
        }
        for text in ["完全看不懂", "我没听懂", "I'm very confused", "I don't understand"] {
            assert!(emotion(text).confused >= 0.4, "{text}: {:?}", emotion(text));
        }
        for text in ["谢谢，解决了", "太好了", "服务很不错", "Great, thanks!"] {
            assert!(emotion(text).satisfied >= 0.5, "{text}: {:?}", emotion(text));
        }
    }

    #[test]
    fn degree_marks_and_negation_bend_the_strength() {
        let angry = |text: &str| emotion(text).angry;
        assert!(angry("有点失望") < angry("失望") && angry("失望") < angry("非常失望"));
        assert!(angry("你们太差") < angry("你们太差！！！"));
        assert!(angry("a bit annoyed") < angry("annoyed") && angry("annoyed") < angry("extremely annoyed"));
        assert!(angry("不满意") > 0.3 && emotion("不满意").satisfied == 0.0);
        assert!(angry("一点也不生气") == 0.0);
        assert!(angry("难道不生气吗") > angry("生气"));
        assert!(angry("凭什么扣我钱") > 0.3);
        assert!(angry("不是说今天到账吗") > 0.3);
        assert_eq!(angry("不是说明书的问题"), 0.0);
    }

    #[test]
    fn a_question_whether_it_is_so_is_no_thanks() {
        assert_eq!(emotion("问题解决了吗").satisfied, 0.0);
        assert_eq!(emotion("Is it resolved?").satisfied, 0.0);
        assert!(emotion("还没解决").angry > 0.3);
        assert_eq!(emotion("急不急").words, ["急", "急"], "a question keeps both its words");
    }

    #[test]
    fn thanks_do_not_cancel_anger() {
        let found = emotion("说了多少遍了还没人管，谢谢");
        assert!(found.angry > 0.6 && found.satisfied < 0.3, "{found:?}");
        assert_eq!(found.words, ["说了多少遍", "没人管", "谢谢"]);
    }

    #[test]
    fn every_row_of_the_lexicons_is_found_as_it_stands() {
        let lexicon = Lexicon::read();
        for row in rows(TERMS) {
            assert_eq!(row.len(), 4, "{row:?}");
            assert!(["angry", "anxious", "confused", "satisfied", "-"].contains(&row[1]), "{row:?}");
            let known = ["-", "complaint", "regulator", "media", "legal", "fraud", "safety", "leaving", "human"];
            assert!(known.contains(&row[3]), "{row:?}");
            let marks = lexicon.marks(row[0]);
            assert!(marks.len() == 1 && marks[0].end == row[0].len(), "{row:?} is hidden by another phrase");
            assert!(matches!(marks[0].phrase, Phrase::Term { .. }), "{row:?} is also a modifier");
        }
        for row in rows(MODIFIERS) {
            assert!(["not", "degree", "after", "rhetorical", "rhetorical?", "plain"].contains(&row[0]), "{row:?}");
        }
        for row in rows(CONTEXTS) {
            assert!(rows(TERMS).any(|term| term[0] == row[0]), "{row:?} is about no term");
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_shares_between_0_and_1(text in "\\PC{0,30}|[不没太投诉急谢?!！，a-z]{0,30}") {
            let found = emotion(&text);
            for share in [found.angry, found.anxious, found.confused, found.satisfied] {
                prop_assert!((0.0..=1.0).contains(&share));
            }
        }
    }
}
