//! Who is the desk: told by addresses, since mail has no role of its own.
//!
//! What the trainer maps wins (an address, a name, or `@domain`). Then: the domain most mails of the file go to is the
//! desk's; where none stands out, an address that says it (`service@`, `kefu@`, `noreply@`) or a name that does (客服中心).
//! Everybody else is a customer.

use std::collections::HashMap;

use crate::domain::conversation::Role;
use crate::formats::mail::head::Person;
use crate::formats::options::ReadOptions;
use crate::formats::speaker;

/// From how many mails a domain may stand out.
const ENOUGH: u64 = 3;

/// Names of boxes that only a desk has.
const DESK: [&str; 22] = [
    "service",
    "services",
    "support",
    "kefu",
    "help",
    "helpdesk",
    "customerservice",
    "customer-service",
    "customer.service",
    "customercare",
    "custserv",
    "cs",
    "care",
    "complaint",
    "complaints",
    "tousu",
    "feedback",
    "servicedesk",
    "callcenter",
    "contactcenter",
    "desk",
    "95588",
];

/// Names of boxes that many houses have, customers' houses too.
const HOUSE: [&str; 8] = ["info", "contact", "sales", "office", "enquiries", "inquiry", "hello", "admin"];

/// Names of boxes nobody reads.
const MACHINE: [&str; 12] = [
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "notification",
    "notifications",
    "notify",
    "notice",
    "alert",
    "alerts",
];

/// Domains anybody may have an address in.
const OPEN: [&str; 28] = [
    "qq.com",
    "vip.qq.com",
    "foxmail.com",
    "163.com",
    "vip.163.com",
    "126.com",
    "yeah.net",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "aliyun.com",
    "139.com",
    "189.cn",
    "wo.cn",
    "tom.com",
    "21cn.com",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "live.cn",
    "msn.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "proton.me",
    "gmx.de",
];

/// Mails of a file by the domains they come from and go to.
#[derive(Default)]
pub(super) struct Domains {
    mails: u64,
    to: HashMap<String, u64>,
}

impl Domains {
    /// Counts one mail.
    pub fn add(&mut self, to: &[Person]) {
        self.mails += 1;
        let mut domains: Vec<&str> = to.iter().take(20).filter_map(|person| domain(&person.address)).collect();
        domains.sort_unstable();
        domains.dedup();
        for domain in domains.into_iter().filter(|domain| !OPEN.contains(domain)) {
            // A mailbox of millions has as many domains as customers have houses; the desk's is among the first.
            if self.to.len() < 10_000 || self.to.contains_key(domain) {
                *self.to.entry(domain.to_owned()).or_default() += 1;
            }
        }
    }

    /// Returns what is known of the desk.
    pub fn desk(self) -> Desk {
        let most = self.to.values().copied().max().unwrap_or(0);
        let mut best = self.to.into_iter().filter(|(_, count)| *count == most).map(|(domain, _)| domain);
        let domain = match (best.next(), best.next()) {
            // A desk that answers every mail receives half of what its box holds.
            (Some(domain), None) if most >= ENOUGH && most * 5 >= self.mails * 2 => Some(domain),
            _ => None,
        };
        Desk { domain }
    }
}

/// What is known of the desk.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Desk {
    /// The domain most mails go to.
    domain: Option<String>,
}

impl Desk {
    /// Returns the role of who wrote a mail.
    pub fn role(&self, from: &Person, to: &[Person], options: &ReadOptions) -> Role {
        asked(from, options).unwrap_or_else(|| self.guess(from, to))
    }

    fn guess(&self, from: &Person, to: &[Person]) -> Role {
        let (name, domain) = from.address.split_once('@').unwrap_or((&from.address, ""));
        if MACHINE.contains(&name) && self.domain.as_deref().is_none_or(|desk| within(domain, desk)) {
            return Role::Bot;
        }
        if let Some(desk) = &self.domain {
            let ours = within(domain, desk);
            return if ours { named(from).unwrap_or(Role::Agent) } else { Role::Customer };
        }
        let to_a_desk = to.iter().any(|person| says(&person.address, &DESK));
        if says(&from.address, &DESK) || says(&from.address, &HOUSE) && !to_a_desk {
            return named(from).unwrap_or(Role::Agent);
        }
        if to_a_desk || OPEN.contains(&domain) { Role::Customer } else { named(from).unwrap_or(Role::Customer) }
    }
}

/// Returns the role that was asked for an address, its domain or a name.
fn asked(from: &Person, options: &ReadOptions) -> Option<Role> {
    let domain = domain(&from.address).map(|domain| format!("@{domain}"));
    let by_address = options.roles.iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(&from.address));
    let shown = options.role(&from.shown()).or_else(|| options.role(&from.name).filter(|_| !from.name.is_empty()));
    let by_domain = || {
        options.roles.iter().find(|(known, _)| domain.as_deref().is_some_and(|d| known.trim().eq_ignore_ascii_case(d)))
    };
    by_address.map(|(_, role)| *role).or(shown).or_else(|| by_domain().map(|(_, role)| *role))
}

/// Returns the desk's role a name gives away; a customer may call himself anything.
fn named(from: &Person) -> Option<Role> {
    // `shop:person` is a seller's account in a chat and nothing in a mail.
    let plain = !from.name.contains([':', '：']);
    speaker::of_name(&from.name).filter(|role| plain && matches!(role, Role::Agent | Role::Bot))
}

fn says(address: &str, boxes: &[&str]) -> bool {
    let name = address.split(['@', '+']).next().unwrap_or_default();
    address.contains('@') && boxes.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))
        || boxes.contains(&name)
}

fn within(domain: &str, desk: &str) -> bool {
    domain == desk || domain.strip_suffix(desk).is_some_and(|rest| rest.ends_with('.'))
}

/// Returns what stands behind the @.
fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(text: &str) -> Person {
        let (name, address) = text.split_once('|').unwrap_or(("", text));
        Person { address: address.to_owned(), name: name.to_owned() }
    }

    fn check(desk: &Desk, from: &str, to: &str, role: Role) {
        assert_eq!(desk.role(&person(from), &[person(to)], &ReadOptions::default()), role, "{from} to {to}");
    }

    #[test]
    fn one_mail_is_told_by_its_addresses() {
        let desk = Desk::default();
        check(&desk, "li@example.com", "service@bank.example", Role::Customer);
        check(&desk, "service@bank.example", "li@example.com", Role::Agent);
        check(&desk, "kefu02@bank.example", "li@qq.com", Role::Agent);
        check(&desk, "noreply@bank.example", "li@qq.com", Role::Bot);
        check(&desk, "客服中心|wang@bank.example", "li@qq.com", Role::Agent);
        check(&desk, "客服中心|wang@qq.com", "li@qq.com", Role::Customer);
        check(&desk, "info@shop.example", "support@bank.example", Role::Customer);
        check(&desk, "info@bank.example", "li@qq.com", Role::Agent);
        check(&desk, "", "", Role::Customer);
    }

    #[test]
    fn the_domain_most_mails_go_to_is_the_desk_s() {
        let mut domains = Domains::default();
        for (to, count) in [("anna@bank.example", 5), ("li@qq.com", 6), ("x@firm.example", 1)] {
            (0..count).for_each(|_| domains.add(&[person(to)]));
        }
        let desk = domains.desk();
        check(&desk, "wei@bank.example", "li@qq.com", Role::Agent);
        check(&desk, "wei@mail.bank.example", "li@qq.com", Role::Agent);
        check(&desk, "notice@bank.example", "li@qq.com", Role::Bot);
        check(&desk, "support@firm.example", "anna@bank.example", Role::Customer);
        check(&desk, "li@notbank.example", "anna@bank.example", Role::Customer);
    }

    #[test]
    fn what_the_trainer_maps_wins() {
        let options = ReadOptions {
            roles: vec![
                ("Li@qq.com".to_owned(), Role::Agent),
                ("@firm.example".to_owned(), Role::Bot),
                ("王五".to_owned(), Role::Agent),
            ],
            ..ReadOptions::default()
        };
        let desk = Desk::default();
        for (from, role) in [
            ("li@qq.com", Role::Agent),
            ("a@firm.example", Role::Bot),
            ("王五|w@163.com", Role::Agent),
            ("x@qq.com", Role::Customer),
        ] {
            assert_eq!(desk.role(&person(from), &[], &options), role, "{from}");
        }
    }
}
