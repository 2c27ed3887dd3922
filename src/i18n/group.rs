//! Phrases of `group`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Group {
    pub title: &'static str,
    pub head: &'static str,
    pub empty: &'static str,
    pub nothing: &'static str,
    pub mark_members: &'static str,
    pub customers: &'static str,
    pub cohesion: &'static str,
    pub novelty: &'static str,
    pub words: &'static str,
    pub cluster: &'static str,
    pub cut: &'static str,
    pub rename: &'static str,
    pub by_data: &'static str,
    pub how_many: &'static str,
    pub decided: &'static str,
    pub grouped: &'static str,
}

pub const ZH: Group = Group {
    title: "聚类",
    head: "待定 {open}/{clusters} 簇 · 客户 {customers} · 未归簇 {unassigned}%",
    empty: "还没有聚类。按 F8 把尚未标注的说法聚成簇。",
    nothing: "没有选中的簇",
    mark_members: "先按 Tab 到成员一侧",
    customers: "客户",
    cohesion: "内聚",
    novelty: "新颖",
    words: "区别于其他簇的词",
    cluster: "第 {id} 簇 · 客户 {customers}",
    cut: "以上取用",
    rename: "给簇起名",
    by_data: "由数据决定",
    how_many: "聚成多少簇",
    decided: "{what}：标注 {n} 条说法（{customers} 位客户）",
    grouped: "{utterances} 条说法聚成 {clusters} 簇，{unassigned} 条未归簇，用时 {seconds} 秒",
};

pub const EN: Group = Group {
    title: "group",
    head: "{open} of {clusters} open · {customers} customers · {unassigned} % unassigned",
    empty: "Nothing is grouped yet. F8 groups what is not labelled.",
    nothing: "no cluster is chosen",
    mark_members: "go to the members with Tab first",
    customers: "cust.",
    cohesion: "coh",
    novelty: "new",
    words: "words that set it apart",
    cluster: "cluster {id} · {customers} customers",
    cut: "taken above",
    rename: "Name the cluster",
    by_data: "as the data asks",
    how_many: "How many clusters",
    decided: "{what}: {n} utterances labelled ({customers} customers)",
    grouped: "{utterances} utterances in {clusters} clusters, {unassigned} unassigned, {seconds} s",
};
