//! Phrases of `actions`: what each key does, short for the footer and long for the help and the palette.
//!
//! A line an action: Chinese short and long, English short and long.

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    /// A word or two, for the footer.
    pub short: &'static str,
    /// A whole thought, for the help and the palette.
    pub long: &'static str,
}

macro_rules! phrases {
    ($($name:ident: $zh:literal $zh_long:literal, $en:literal $en_long:literal;)*) => {
        /// The phrases, in one language.
        pub struct Actions { $(pub $name: Phrase),* }

        pub const ZH: Actions = Actions { $($name: Phrase { short: $zh, long: $zh_long }),* };

        pub const EN: Actions = Actions { $($name: Phrase { short: $en, long: $en_long }),* };
    };
}

phrases! {
    pick1: "选 1" "选第 1 项", "1st" "take the 1st choice";
    pick2: "选 2" "选第 2 项", "2nd" "take the 2nd choice";
    pick3: "选 3" "选第 3 项", "3rd" "take the 3rd choice";
    pick4: "选 4" "选第 4 项", "4th" "take the 4th choice";
    pick5: "选 5" "选第 5 项", "5th" "take the 5th choice";
    pick6: "选 6" "选第 6 项", "6th" "take the 6th choice";
    pick7: "选 7" "选第 7 项", "7th" "take the 7th choice";
    pick8: "选 8" "选第 8 项", "8th" "take the 8th choice";
    pick9: "选 9" "选第 9 项", "9th" "take the 9th choice";
    out_of_scope: "拒识" "不属于任何意图（拒识）", "out of scope" "no intent of ours (out of scope)";
    accept: "归入…" "归入一个已有意图", "accept into…" "accept into an intent";
    accept_top: "采纳首选" "采纳模型的首选", "top guess" "accept the top guess";
    say: "发送" "把这句话说给机器人", "say" "say this to the bot";
    choose: "选定" "选定这一项", "choose" "choose this one";
    yes: "是" "是，继续", "yes" "yes, go on";
    no: "否" "否，算了", "no" "no, leave it";
    send: "确定" "写好了，确定", "done" "done writing, take it";
    toggle: "开关" "打开或关闭这一项", "on/off" "switch this on or off";
    later: "稍后" "放到以后再说", "later" "leave it for later";
    find_intent: "找意图" "按名称、拼音首字母查找意图", "find intent" "find an intent by name or initials";
    new_intent: "新建意图" "用它新建一个意图", "new intent" "make a new intent of it";
    new_proposed: "照提议新建" "用提议的名称新建一个意图，不再问名称", "new as proposed" "make a new intent by the proposed name, without asking";
    add: "添加" "添加一项", "add" "add one";
    import: "导入" "开始导入", "import" "start the import";
    clean: "清洗" "按打开的规则清洗全部文本", "clean" "clean all texts by the rules that are on";
    regroup: "聚类" "重新聚类，保留名称和已做的决定", "group" "group again, keeping names and decisions";
    train: "训练" "用现有标注训练模型", "train" "train a model on the labels so far";
    evaluate: "评估" "重新评估所选模型", "evaluate" "score the chosen model again";
    play: "全部排练" "排练全部脚本", "play all" "play all rehearsals";
    play_one: "排练此条" "只排练这一条脚本", "play this" "play this rehearsal alone";
    write: "写出" "写出文件", "write" "write the file";
    ignore: "忽略" "忽略：没有标注价值", "ignore" "ignore it: teaches nothing";
    similar: "相似" "看相似的说法", "similar" "show what is similar";
    split: "拆分" "拆成更小的组", "split" "split it into smaller ones";
    merge: "合并" "与另一项合并", "merge" "merge it with another";
    rename: "改名" "改名称", "rename" "give it another name";
    note: "备注" "写一条备注", "note" "write a note";
    context: "上下文" "看它所在的会话", "context" "show the conversation around it";
    review: "成批采纳" "按模型的猜测成批采纳", "in bulk" "accept the model's guesses many at a time";
    queue: "队列" "换一个待标队列", "queue" "choose another queue";
    entities: "标实体" "标出词槽（实体）", "entities" "mark entities";
    guideline: "标注说明" "编辑意图的标注说明", "guideline" "edit the intent's guideline";
    words: "词典" "编辑用户词典", "words" "edit the user's dictionary";
    family: "同类句" "看同一家族的说法", "family" "show its family of near doubles";
    adjudicate: "裁决" "裁决有分歧的标注", "adjudicate" "settle labels that disagree";
    cut_here: "切到这里" "把取用线放到光标这一行下面", "cut here" "put the cut line below this row";
    strays: "剔除异类" "剔除模型判给别处的成员", "drop strays" "leave out the members the model gives elsewhere";
    cut_up: "收紧" "把切线上移一行", "cut higher" "move the cut line one row up";
    cut_down: "放宽" "把切线下移一行", "cut lower" "move the cut line one row down";
    format: "格式" "换一种文件格式", "format" "choose another file format";
    encoding: "编码" "换一种文字编码", "encoding" "choose another text encoding";
    columns: "列" "指定各列的含义", "columns" "say what each column is";
    swap: "对调" "客户与坐席认反了，对调", "swap" "customers and staff were taken for each other";
    header: "表头" "第一行是否表头", "header" "whether the first row is a header";
    masked: "脱敏" "个人信息：隐藏、代号、原文（看原文会记入日志）", "masked" "personal data hidden, as pseudonyms, or as said (which is logged)";
    purge: "彻底抹去" "彻底抹去客户的内容，连同备份", "erase" "erase what customers said for good, backups too";
    restore: "取回" "把隔离的内容取回", "restore" "take it back from quarantine";
    edit: "编辑" "编辑这一项", "edit" "edit this";
    settings: "参数" "调整参数", "settings" "change the settings";
    compare: "比较" "与另一个比较", "compare" "compare with another";
    view: "换视图" "换一种视图", "view" "look at it another way";
    sort: "排序" "换一种排序", "sort" "sort another way";
    delete: "删除" "删除这一项", "delete" "delete this";
    save: "保存" "保存", "save" "save";
    publish: "发布" "以一个名称发布", "publish" "publish it under a name";
    rollback: "回退" "回退到以前发布的版本", "roll back" "go back to an earlier published one";
    report: "报告" "写出报告文件", "report" "write a report file";
    bless: "认可" "认可光标处的变化，或采用这组阈值", "accept" "take these changes as right, or these limits";
    reject: "不认可" "不认可光标处的变化", "reject" "take these changes as wrong";
    vary: "变体" "用改写和错字试一试", "vary" "try it with rewordings and typos";
    mutate: "改策略试" "逐处改动策略，看排练发现不发现", "mutate" "edit the policy everywhere, see what is noticed";
    limits: "阈值" "由标注算出回答、追问、转人工的阈值", "limits" "derive the limits from the labels";
    use_run: "启用" "启用这次训练的模型", "use" "use the model of this run";
    cause: "原因" "说这句为什么判错", "cause" "say why this text is understood wrongly";
    repair: "修复" "按原因修复", "mend" "mend what caused it";
    step_back: "退一步" "退回上一轮", "step back" "go one turn back";
    branch: "分支" "从这里另开一支", "branch" "branch off here";
    fix_intent: "改意图" "这句话的意图不对，改正", "fix intent" "correct the intent of this turn";
    wrong_reply: "回复不对" "这句回复不对，记下正确的", "wrong reply" "the reply is wrong; say the right one";
    keep_rehearsal: "存为排练" "把对话存为排练脚本", "save rehearsal" "keep the chat as a rehearsal";
    new_chat: "新对话" "开始新的对话", "new chat" "start a new chat";
    why: "为什么" "看这一轮为什么这样决定", "why" "see why this turn was decided so";
    open: "打开" "打开这一项", "open" "open this";
    up: "上" "上移一行", "up" "one line up";
    down: "下" "下移一行", "down" "one line down";
    left: "左" "向左", "left" "to the left";
    right: "右" "向右", "right" "to the right";
    page_up: "上翻" "上翻一页", "page up" "one page up";
    page_down: "下翻" "下翻一页", "page down" "one page down";
    top: "最前" "到最前面", "first" "to the first";
    bottom: "最后" "到最后面", "last" "to the last";
    mark: "勾选" "勾选或取消这一行", "mark" "mark this line or not";
    mark_all: "全选" "勾选全部符合条件的", "mark all" "mark all that match";
    invert: "反选" "勾选的与没勾选的对调", "invert" "mark what is not marked, and the other way round";
    range: "整段" "勾选到上一条勾选为止的整段", "range" "mark all up to the one marked last";
    slices: "已存" "打开存过的筛选", "kept" "open a search that was kept";
    search: "查找" "查找和筛选", "search" "search and filter";
    next_pane: "下一栏" "到下一栏", "next pane" "go to the next pane";
    previous_pane: "上一栏" "到上一栏", "previous pane" "go to the previous pane";
    next_tab: "下一页" "到下一个页签", "next tab" "go to the next tab";
    previous_tab: "上一页" "到上一个页签", "previous tab" "go to the previous tab";
    go_to: "页签" "按数字跳到一个页签", "tabs" "go to a tab by its number";
    undo: "撤销" "撤销上一步改动", "undo" "take back the last change";
    redo: "重做" "重做撤销的改动", "redo" "bring back what was undone";
    stop: "停止" "停止正在进行的工作", "stop" "stop the work that is running";
    copy: "复制" "复制所选文字", "copy" "copy what is chosen";
    palette: "命令" "命令面板：按名称或拼音首字母找命令", "commands" "find any command by name or initials";
    back: "返回" "关闭窗口，或返回首页", "back" "close the window, or go home";
    language: "English" "界面换成英文", "中文" "show everything in Chinese";
    theme: "配色" "换一套配色", "colours" "change the colours";
    redraw: "重画" "重画屏幕", "redraw" "draw the screen again";
    suspend: "挂起" "挂起程序，回到命令行（fg 返回）", "suspend" "suspend to the shell (fg comes back)";
    quit: "退出" "退出；一切都已保存", "quit" "quit; everything is saved";
    help: "帮助" "看这里能用的全部按键", "help" "show all keys that work here";
}
