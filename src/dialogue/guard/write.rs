//! Writing a guard as it would be typed.

use crate::dialogue::guard::expr::{Expr, Op, Term};
use crate::dialogue::hear::number::show;

/// Returns the text that [`crate::dialogue::guard::parse::parse`] reads as this expression.
pub fn written(expr: &Expr) -> String {
    match expr {
        Expr::All(parts) => joined(parts, " and "),
        Expr::Any(parts) => joined(parts, " or "),
        Expr::Not(inner) => format!("not ({})", written(inner)),
        Expr::Set(name) => format!("{name} set"),
        Expr::Compare(left, op, right) => format!("{} {} {}", term(left), sign(*op), term(right)),
        Expr::Within(name, from, to) => format!("{name} in {}..{}", show(*from), show(*to)),
        Expr::OneOf(name, values) => format!("{name} in [{}]", values.join(", ")),
        Expr::Words(list) => format!("words in {list}"),
    }
}

fn joined(parts: &[Expr], with: &str) -> String {
    let part = |expr: &Expr| match expr {
        Expr::All(_) | Expr::Any(_) => format!("({})", written(expr)),
        _ => written(expr),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(with)
}

fn term(term: &Term) -> String {
    match term {
        Term::Number(number) => show(*number),
        Term::Quoted(text) => format!("'{text}'"),
        Term::Name(name) => name.clone(),
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Equal => "=",
        Op::Unequal => "!=",
        Op::Less => "<",
        Op::AtMost => "<=",
        Op::Greater => ">",
        Op::AtLeast => ">=",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::guard::parse::parse;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "aspect = 风险 and product in [活期宝, 稳盈30天]",
            "a = 1 or (b != 'x y' and not c set)",
            "hour in 22..6",
            "not (a set or words in 投诉词)",
            "1 <= it and it <= 50000.5",
            "call.status = 未找到",
        ] {
            let expr = parse(text).expect("a guard");
            assert_eq!(parse(&written(&expr)).as_ref(), Ok(&expr), "{text} → {}", written(&expr));
        }
    }
}
