//! The catalogue of everything that can go wrong and that a client can see: a line each with code,
//! HTTP status, whether retrying helps, what happened and what to do, in both languages.
//! docs/error-codes.md is generated from it.

use std::fmt::Write;

use crate::records::{Label, check};

pub mod phone;

/// One entry.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Code {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status of an answer that carries it; a verdict carries it inside a 200.
    pub status: u16,
    /// Whether the same request may succeed later.
    pub retry: bool,
    /// What happened.
    pub message: Label,
    /// What to do.
    pub remedy: Label,
}

macro_rules! catalogue {
    ($($name:ident = $code:literal, $status:literal, $retry:literal,
       $zh:literal, $en:literal, $remedy_zh:literal, $remedy_en:literal;)*) => {
        $(
            #[doc = $en]
            pub static $name: Code = Code {
                code: $code,
                status: $status,
                retry: $retry,
                message: Label::new($zh, $en),
                remedy: Label::new($remedy_zh, $remedy_en),
            };
        )*

        /// Every entry, in the order of this page.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

catalogue! {
    // Verdicts on a change.
    CHANGE_TOO_LARGE = "change_too_large", 200, false,
        "这次修改过大", "The change is larger than 64 KiB",
        "内容已保留;请分几次填写", "It is kept; write it in several smaller edits";
    NOT_A_CHANGE = "not_a_change", 200, false,
        "收到的内容不是有效的修改", "The bytes are no change that can be read",
        "原内容已隔离保存;请更新应用", "They are kept in quarantine; update the app";
    TOO_MANY_OPERATIONS = "too_many_operations", 200, false,
        "一次修改的项目过多", "The change does too many things at once",
        "内容已保留;请分几次填写", "It is kept; write it in several smaller edits";
    FOREIGN_ACTOR = "foreign_actor", 200, false,
        "修改的署名不是这台设备", "The change is signed with another device's name",
        "原内容已隔离保存;请联系管理员", "It is kept in quarantine; tell your administrator";
    FORKED_ACTOR = "forked", 200, false,
        "这台设备曾从旧备份恢复,编号重复", "This device was restored from an old copy and numbers its changes twice",
        "手机会以新的编号重新写入", "The phone writes its pending work again under a new number";
    MISSING_DEPENDENCY = "missing_dependency", 200, true,
        "这次修改所依据的前一次修改尚未收到", "The change builds on one that the server does not have",
        "内容已保留;请同步持有前一次修改的手机", "It is kept; sync the phone that has the earlier change";
    WRONG_SEQUENCE = "wrong_sequence", 200, false,
        "修改的序号不连续", "The change's number does not follow the device's last one",
        "原内容已隔离保存;请更新应用", "It is kept in quarantine; update the app";
    HELD_TOO_LONG = "held_too_long", 200, false,
        "所依据的修改 30 天内未到", "What the change builds on did not arrive within 30 days",
        "原内容已隔离保存;请联系管理员", "It is kept in quarantine; tell your administrator";
    WRONG_START = "wrong_start_op", 200, false,
        "修改的顺序号不正确", "The change's operations are numbered wrongly",
        "原内容已隔离保存;请更新应用", "It is kept in quarantine; update the app";
    UNKNOWN_OPERATION = "unknown_operation", 200, false,
        "修改含有记录不支持的操作", "The change does something that records do not have",
        "原内容已隔离保存;请更新应用", "It is kept in quarantine; update the app";
    UNKNOWN_FIELD = "unknown_field", 200, false,
        "没有这个字段", "There is no such field",
        "内容已隔离保存;请更新应用或服务器", "It is kept in quarantine; update the app or the server";
    WRONG_VALUE = "wrong_value", 200, false,
        "字段的值类型或长度不符", "A value is not of its field's type or past its size",
        "内容已保留;请改正后重填", "It is kept; correct the value and save again";
    WRONG_PREDECESSOR = "wrong_predecessor", 200, false,
        "修改引用了不存在的前值", "The change replaces a value that never stood there",
        "原内容已隔离保存;请更新应用", "It is kept in quarantine; update the app";
    RECORD_TOO_LARGE = "record_too_large", 200, false,
        "这条记录已达上限", "The record has reached its size limit",
        "内容已保留;请联系管理员", "It is kept; tell your administrator";
    FIELD_FORBIDDEN = "field_forbidden", 200, false,
        "您的角色不能填写这个字段", "Your role may not write this field",
        "内容已保留;请由有权限的同事填写", "It is kept; ask a colleague whose role may write it";
    RECORD_CLOSED = "record_closed", 200, false,
        "报告已通过审核,内容不能再改", "The report was accepted and its evidence is closed",
        "内容已保留;如需更正请新建一份报告", "It is kept; to correct it make a new report that names this one";
    WRONG_KIND = "wrong_kind", 200, false,
        "记录的种类与服务器上的不同", "The record is of another kind on the server",
        "内容已隔离保存;请更新应用", "It is kept in quarantine; update the app";
    AREA_FORBIDDEN = "area_forbidden", 200, false,
        "您不负责这个片区", "The area is not yours",
        "内容已保留;请联系管理员分配片区", "It is kept; ask your administrator for the area";
    RECORD_MOVED = "record_moved", 200, false,
        "这条记录早已转到您不负责的片区", "The record has long been in another area, which is not yours",
        "内容已保留;请联系管理员", "It is kept there; tell your administrator";
    RECORD_ERASED = "record_erased", 200, false,
        "这条记录已依申请删除", "The record was erased at somebody's request",
        "未保存;如本人仍居住于此,请重新登记", "Nothing of it is kept; register the person anew if they live there still";
    RECORD_PUT_AWAY = "record_put_away", 200, false,
        "这条记录已超过保存期限并删除", "The record was kept for as long as it may be and is deleted",
        "内容已隔离保存;请联系审核员,或重新填写", "What you wrote is kept in quarantine; tell a reviewer, or begin it anew";
    DEVICE_SUSPENDED = "device_suspended", 200, false,
        "提交这份内容的设备已停用", "The device that this comes from is suspended",
        "内容已隔离保存;由管理人员核实后决定是否采用", "It is kept in quarantine until staff have looked at it";

    // Answers to a request.
    BODY_TOO_LARGE = "body_too_large", 413, false,
        "请求内容超过上限", "The request's body is past its cap",
        "请分批发送", "Send it in smaller parts";
    BODY_NOT_READABLE = "body_not_readable", 400, false,
        "请求内容无法读取", "The request's body cannot be read",
        "请更新应用后重试;手机上的内容不受影响", "Update the app; nothing on the phone is lost";
    PROTOCOL_UNKNOWN = "protocol_unknown", 400, false,
        "不支持这个协议版本", "This protocol version is not supported",
        "请更新应用;手机上的内容不受影响", "Update the app; nothing on the phone is lost";
    SIGNATURE_WRONG = "signature_wrong", 400, false,
        "签名与内容不符", "The signature does not fit the changes",
        "请重新同步;如再次出现请联系管理员", "Sync again; if it happens again tell your administrator";
    PUSH_NAME_TAKEN = "push_name_taken", 400, false,
        "推送编号已用于其他内容", "The push's id stands for another push already",
        "请更新应用;手机上的内容不受影响", "Update the app; nothing on the phone is lost";
    WRONG_INPUT = "wrong_input", 400, false,
        "请求的参数不正确", "A part of the request is not of its form",
        "请检查填写的内容", "Check what was entered";
    CREDENTIALS_MISSING = "credentials_missing", 401, false,
        "尚未登录或登录已过期", "You are not signed in, or no longer",
        "请重新登录", "Sign in again";
    TOKEN_INVALID = "token_invalid", 401, true,
        "设备令牌无效或已过期", "The device's token is invalid or has expired",
        "设备会自动取得新的令牌", "The device gets a new token by itself";
    CREDENTIALS_WRONG = "credentials_wrong", 401, false,
        "姓名或密码不正确", "The name or the password is wrong",
        "请检查后重试", "Check both and try again";
    CODE_WRONG = "code_wrong", 401, false,
        "验证码不正确或已用过", "The code is wrong, or was used before",
        "请输入验证器中的当前验证码,或一个未用过的恢复码", "Enter the code that your app shows now, or a recovery code that was not used";
    PASSWORD_WRONG = "password_wrong", 403, false,
        "当前密码不正确", "The present password is wrong",
        "请检查后重试;忘记密码请向管理员要一个邀请码", "Check it and try again; if it is lost, ask your administrator for an invitation";
    SIGN_IN_DELAYED = "sign_in_delayed", 429, true,
        "失败次数过多", "There were too many failures",
        "请稍候再试,最多 15 分钟", "Wait and try again, 15 minutes at the most";
    NO_ROLE = "no_role", 403, false,
        "您目前没有任何角色", "You hold no role at present",
        "如有疑问请联系管理员", "Ask your administrator if this surprises you";
    INVITATION_INVALID = "invitation_invalid", 403, false,
        "邀请码无效、已用过或已过期", "The invitation is wrong, used or expired",
        "请向管理员要一个新的邀请码", "Ask your administrator for a new one";
    PASSWORD_LENGTH = "password_length", 422, false,
        "密码长度不符", "The password is too short or too long",
        "请使用至少 15 个字符;需要两步验证时至少 10 个;最多 256 个", "Take 15 characters or more, 10 where a second factor is demanded, and at most 256";
    PASSWORD_COMMON = "password_common", 422, false,
        "密码过于常见或与本人有关,容易被猜到", "The password is common or follows from who you are: it would soon be guessed",
        "请换一个,例如几个不相干的词连在一起", "Take another, such as several words that have nothing to do with each other";
    SECOND_FACTOR_THERE = "second_factor_there", 409, false,
        "已启用两步验证", "A second factor is set up already",
        "如需更换请先停用", "Remove it first to set up another";
    OIDC_REFUSED = "oidc_refused", 401, false,
        "统一身份登录未成功", "Signing in by your organisation did not succeed",
        "请从登录页重新开始", "Begin again from the sign-in page";
    OIDC_UNBOUND = "oidc_unbound", 401, false,
        "这个统一身份账号尚未关联", "This account of your organisation belongs to nobody here",
        "请用管理员给的邀请码关联", "Bind it with an invitation from your administrator";
    OIDC_UNAVAILABLE = "oidc_unavailable", 503, true,
        "统一身份服务没有应答", "Your organisation's sign-in service does not answer",
        "请稍后再试,或使用密码登录", "Try again later, or sign in with a password";
    DEVICE_UNKNOWN = "device_unknown", 401, false,
        "服务器不认识这台设备", "The server does not know this device",
        "请用新的登记码重新登记", "Enrol again with a new code";
    DEVICE_REVOKED = "device_revoked", 401, false,
        "这台设备已被停用", "This device has been revoked",
        "设备会把尚未同步的内容交给服务器,然后清空", "It hands in what it still holds and then empties itself";
    DEVICE_PAUSED = "device_paused", 403, false,
        "这台设备已暂停使用", "This device is suspended",
        "内容都保留在手机上;请联系管理员恢复", "Everything stays on it; ask your administrator to let it go on";
    KEY_USED = "key_used", 400, false,
        "这个密钥曾经用过", "The device has had this key before",
        "设备会换用新的密钥", "It takes a new one by itself";
    ENROLMENT_CODE_INVALID = "enrolment_code_invalid", 403, false,
        "登记码无效、已用过或已过期", "The enrolment code is wrong, used or expired",
        "请向管理员要一个新的登记码", "Ask your administrator for a new code";
    FORBIDDEN = "forbidden", 403, false,
        "您没有这项权限", "You may not do this",
        "如有需要请联系管理员", "Ask your administrator if you need it";
    HEADER_MISSING = "header_missing", 403, false,
        "请求不是来自控制台", "The request does not come from the console",
        "请在控制台页面内操作", "Use the console's own page";
    NOT_FOUND = "not_found", 404, false,
        "没有找到", "There is nothing here that you may see",
        "请检查地址或编号", "Check the address or the number";
    TRAIL_IN_PART = "trail_in_part", 422, false,
        "只负责部分片区,无法导出完整的审计记录", "An auditor of some areas cannot export the trail: its chain needs all of it",
        "请由负责全区的审计员导出;您的部分可以在页面上查看", "Ask the auditor of the whole district; your part can be read in the console";
    REQUEST_OWN = "request_own", 403, false,
        "这份申请由您受理或修改,不能由您同意", "Whoever took a request in or changed it cannot agree to it",
        "请另外两位有权限的人员同意", "Ask two others who may";
    REQUEST_AGREED = "request_agreed", 409, false,
        "您已经同意过这份申请", "You have agreed to this request already",
        "请由另一位有权限的人员同意", "Somebody else has to agree, too";
    REQUEST_CHANGED = "request_changed", 409, false,
        "申请在您查看之后有了变动", "The request has changed since you looked at it",
        "请重新打开、核对后再同意", "Open it again and read it before you agree";
    REQUEST_CLOSED = "request_closed", 409, false,
        "这份申请已经办结", "The request is closed",
        "如需再次办理,请重新受理", "Take in a new one if it is asked for again";
    REQUEST_NOT_AGREED = "request_not_agreed", 409, false,
        "还没有两位有权限的人员同意", "Two people who may have not agreed to it yet",
        "请另外两位目前有权限的人员同意后再办理", "Have two others agree who may still do so now";
    REQUEST_UNDER_WAY = "request_under_way", 409, true,
        "这份申请正在办理", "The request is being carried out",
        "请稍后查看;十分钟后仍未办结,可以再次办理", "Look again later; if it is not done after ten minutes, carry it out again";
    REQUEST_NOT_MET = "request_not_met", 409, true,
        "登记的内容还不是申请的内容", "The record does not say yet what was asked for",
        "请片区工作人员更正并同步后再办结", "Have the area's worker correct and sync it, then close the request";
    REQUEST_LANDLORD = "request_landlord", 422, false,
        "房东或中介的信息不能通过删除申请处理", "A landlord's or agent's details are not erased with a home",
        "请改为受理更正申请,清空这些内容", "Take in a request for correction that clears them";
    REQUEST_PERSON_CHANGED = "request_person_changed", 409, false,
        "登记的证件号码(没有号码时为姓名)或所在片区与受理申请时的不同", "The record does not say the document number any more for which the request was taken in (or the name, where it had none), or is in another area",
        "请核对本人证件,修改这份申请或重新受理,再请两位人员同意", "Look at the person's papers, write the request anew or take in another, and have two agree to it";
    REQUEST_NUMBER_MISSING = "request_number_missing", 422, false,
        "登记中没有此人的证件号码,无法确认资料属于谁", "The record has no document number of this person, so nothing tells what of it is theirs",
        "请先受理更正申请、补上证件号码,再受理这份申请", "Take in a correction that adds the number first, then this request";
    FONT_MISSING = "font_missing", 503, false,
        "服务器上没有中文字体,无法生成文件", "The server has no Chinese font to write the paper with",
        "请管理员安装 fonts-wqy-microhei;申请仍待办理", "Have the administrator install fonts-wqy-microhei; the request is still open";
    REQUEST_WORDS = "request_words_missing", 422, false,
        "没有写明身份核实方式或原因,或写得太短", "How the person proved who they are, or the reason, is missing or too short",
        "请各写至少四个字", "Write four characters or more of each";
    DATES_WRONG = "dates_wrong", 422, false,
        "日期不成立", "These dates do not go together, or are past",
        "最后一天不能早于第一天,也不能早于今天", "The last day is not before the first one, nor before today";
    ROLE_HELD = "role_held", 409, false,
        "此人在该片区已有这个角色", "They have that role there already, now or later",
        "请先结束它,或修改它的截止日期", "End it first, or change when it ends";
    STAND_IN_WOULD_GET_IT = "stand_in_would_get_it", 409, false,
        "此人的代班人也会得到这个角色,但其不在那里工作,或是审计员", "Whoever stands in for this person would have that role too, but does not work there for as long, or is an auditor",
        "请先撤销或更换代班人,再授予角色", "Have nobody stand in, or somebody else; then give the role";
    SHOW_REASON_MISSING = "show_reason_missing", 422, false,
        "没有说明原因,或原因太短", "No reason was given, or one of too few words",
        "请选择用途,并用至少四个字说明原因", "Choose what it is for and say why in four characters or more";
    PART_WRONG = "part_wrong", 422, true,
        "照片分片与校验值不符", "The photo's part does not fit its SHA-256",
        "请重新发送这个分片", "Send the part again";
    PHOTO_INCOMPLETE = "photo_incomplete", 409, true,
        "照片尚缺分片", "Parts of the photo are missing",
        "请补发缺少的分片后再完成", "Send the missing parts, then complete again";
    PHOTO_WRONG = "photo_wrong", 422, true,
        "照片内容与其校验值不符", "The photo's bytes do not fit its SHA-256",
        "所有分片已清除,请重新发送", "Its parts were put away; send them again";
    PHOTO_DAMAGED = "photo_damaged", 500, false,
        "服务器上的照片文件被改动或缺失", "The photo's files on the server were altered or are not there",
        "请联系管理员从备份恢复照片目录", "Tell your administrator: the photos' folder has to come back from a backup";
    RESCUE_UNREADABLE = "rescue_unreadable", 400, false,
        "文件不是救援包", "The file is no rescue bundle",
        "请选择由手机导出的救援文件", "Choose the file that the phone wrote";
    RESCUE_NEWER = "rescue_newer", 400, false,
        "救援包由更新版本的应用生成", "A newer app made the rescue bundle",
        "请更新服务器后再导入;文件请勿删除", "Update the server and hand it in again; keep the file";
    RESCUE_FOREIGN = "rescue_foreign", 422, false,
        "救援包属于另一个区县", "The rescue bundle was made for another district",
        "请交给生成它的手机所属的区县;文件请勿删除", "Hand it to the district that the phone enrolled in; keep the file";
    RESCUE_UNSIGNED = "rescue_unsigned", 422, false,
        "救援包的签名不是本区县登记的设备", "No device of this district signed the rescue bundle",
        "没有导入任何内容;请从手机重新导出,并联系管理员", "Nothing of it was taken; export it again from the phone and tell your administrator";
    RESCUE_DAMAGED = "rescue_damaged", 422, false,
        "救援包有一部分已损坏", "A part of the rescue bundle is damaged",
        "能读出的内容已导入;请从手机重新导出后再交一次", "What could be read of it was taken; export it again from the phone and hand that in too";
    RESCUE_CUT_SHORT = "rescue_cut_short", 422, false,
        "救援包不完整", "The rescue bundle ends before its end",
        "已有的内容已导入;请重新复制或导出整个文件后再交一次", "What there is of it was taken; copy or export the whole file and hand that in too";
    HAND_IN_FULL = "hand_in_full", 429, true,
        "这台已停用的手机今天交回的内容已达上限", "This phone, which is signed out, has handed in as much as is taken in a day",
        "已交的内容已保存,其余仍在手机上;请明天再同步,或把救援包交给管理员", "What was taken is kept, the rest is on the phone: sync again tomorrow, or export a rescue bundle and give it to your administrator";
    BODY_TOO_SLOW = "body_too_slow", 408, true,
        "请求内容未在规定时间内传完", "The request's body did not arrive in time",
        "稍后会自动重试;手机上的内容不受影响", "It will be tried again by itself; nothing on the phone is lost";
    TOO_MANY_REQUESTS = "too_many_requests", 429, true,
        "请求过于频繁", "There were too many requests in a short time",
        "请在提示的时间之后再试;手机会自动重试", "Wait as long as the answer says, then try again; a phone does so by itself";
    BUSY = "busy", 503, true,
        "服务器正忙", "The server is busy",
        "稍后会自动重试", "It will be tried again by itself";
    RECORD_DAMAGED = "record_damaged", 500, true,
        "服务器上的这份记录无法读取", "The record cannot be read on the server",
        "未作任何更改;请联系管理员", "Nothing was changed; tell your administrator";
    INTERNAL = "internal", 500, true,
        "服务器出错", "The server has a fault of its own",
        "已记入日志;手机上的内容不受影响,请稍后再试", "It is in the log; nothing on the phone is lost, try again later";
}

/// The entry of a code.
pub fn find(code: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|entry| entry.code == code)
}

/// docs/error-codes.md.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Error codes\n\n\
         Generated from `sync-protocol/src/codes.rs` and `codes/phone.rs` by `doorstep docs \
         error-codes`; a test keeps it fresh. Of all of them: nothing that was saved is lost, and no \
         text says anything that a person wrote.\n\n\
         ## From the server\n\n\
         A status of 200 is a verdict on one change inside an answered push; what was refused stays \
         on the phone and in the server's quarantine.\n\n\
         | code | status | retry helps | what happened | what to do | 说明 | 处理 |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for code in ALL {
        let _ = writeln!(page, "| `{}` | {} | {}", code.code, code.status, words(code));
    }
    page.push_str(
        "\n## From the phone itself\n\n\
         These never travel. Where a code stands above too, the phone noticed before saving what the \
         server would have refused: nothing was saved then.\n\n\
         | code | retry helps | what happened | what to do | 说明 | 处理 |\n\
         |---|---|---|---|---|---|\n",
    );
    for code in phone::ALL {
        let _ = writeln!(page, "| `{}` | {}", code.code, words(code));
    }
    page.push_str(
        "\n## From the checks before saving\n\n\
         What the values of a record say of each other: see [forms.md](forms.md) for where each is \
         told. An *error* refuses the edit, what is *incomplete* keeps a report from being handed in \
         (`report_incomplete` names the fields), a *warning* goes through.\n\n\
         | code | severity | retry helps | what happened | what to do | 说明 | 处理 |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for rule in check::RULES {
        let (code, severity) = (&rule.code, rule.severity.name());
        let _ = writeln!(page, "| `{}` | {severity} | {}", code.code, words(code));
    }
    page
}

fn words(code: &Code) -> String {
    let retry = if code.retry { "yes" } else { "no" };
    let Code { message, remedy, .. } = code;
    format!("{retry} | {} | {} | {} | {} |", message.en, remedy.en, message.zh, remedy.zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_happened_and_what_to_do_in_both_languages() {
        let page = markdown();
        let rules = check::RULES.iter().map(|rule| &rule.code);
        for entry in ALL.iter().chain(phone::ALL).copied().chain(rules) {
            let Code { code, message, remedy, .. } = entry;
            for zh in [message.zh, remedy.zh] {
                let has_chinese = zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                assert!(has_chinese, "{code}: {zh}");
            }
            for en in [message.en, remedy.en] {
                assert!(en.contains(' ') && en.is_ascii() || en.contains('…'), "{code}: {en}");
                assert!(!en.ends_with('.'), "{code}: words are joined with full stops: {en}");
            }
            let form = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(code.chars().all(form), "{code}");
            assert!(page.contains(&format!("| `{code}` |")), "{code} is not in the page");
        }
    }

    #[test]
    fn a_code_stands_once_in_each_catalogue_and_means_the_same_in_both() {
        for catalogue in [ALL, phone::ALL] {
            let mut codes: Vec<&str> = catalogue.iter().map(|entry| entry.code).collect();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), catalogue.len());
        }
        for own in phone::ALL {
            if let Some(servers) = find(own.code) {
                assert_eq!((own.message, own.retry), (servers.message, servers.retry));
            }
        }
    }

    #[test]
    fn every_code_leads_back_to_its_entry() {
        for entry in ALL {
            assert_eq!(find(entry.code).map(|found| found.message), Some(entry.message));
        }
    }
}
