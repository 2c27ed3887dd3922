//! The shape of a guard.

/// A guard as written and as understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    pub source: String,
    pub expr: Expr,
    /// The line it stands on, from 1.
    pub line: u32,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    /// The name has a value.
    Set(String),
    Compare(Term, Op, Term),
    /// `name in from..to`: from included, to excluded; wraps when from is greater (`hour in 22..6`).
    Within(String, f64, f64),
    /// `name in [a, b]`.
    OneOf(String, Vec<String>),
    /// The text holds a word of this list, or carries this risk.
    Words(String),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    Number(f64),
    /// In quotes: never a name.
    Quoted(String),
    /// A slot, a fact, a constant of `kb` or, on the right, a plain value.
    Name(String),
}

/// How two sides compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Op {
    /// Tells whether an ordering of left to right satisfies this comparison.
    pub fn admits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Op::Equal => order.is_eq(),
            Op::Unequal => order.is_ne(),
            Op::Less => order.is_lt(),
            Op::AtMost => order.is_le(),
            Op::Greater => order.is_gt(),
            Op::AtLeast => order.is_ge(),
        }
    }
}

impl Expr {
    /// Visits every expression inside, outermost first.
    pub fn each<'e>(&'e self, see: &mut dyn FnMut(&'e Expr)) {
        see(self);
        match self {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|p| p.each(see)),
            Expr::Not(inner) => inner.each(see),
            _ => {}
        }
    }
}
