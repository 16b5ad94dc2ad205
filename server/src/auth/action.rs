//! Everything that can be asked for over HTTP: an action each, as a value for tables and as a type of
//! its own, so that what a handler may do stands in its signature. Who may do it says
//! [`super::permissions`].

use sync_protocol::records::Label;

/// An action as a type: what proofs are made out for.
pub trait Act: std::fmt::Debug + Clone + Send + Sync + 'static {
    /// The same as a value.
    const ACTION: Action;
}

macro_rules! actions {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// What can be asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $en] $name,)*
        }

        impl Action {
            /// Every action, in the order of this page.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What people read.
            pub const fn label(self) -> Label {
                match self { $(Self::$name => Label::new($zh, $en)),* }
            }
        }

        /// The actions as types.
        pub mod actions {
            $(
                #[doc = $en]
                #[derive(Debug, Clone, Copy)]
                pub struct $name;

                impl super::Act for $name {
                    const ACTION: super::Action = super::Action::$name;
                }
            )*
        }
    };
}

actions! {
    // Anybody.
    Enrol = "device.enrol", "凭登记码登记手机", "Enrol a phone with a code";
    Challenge = "device.challenge", "取得登录挑战", "Be challenged to prove a device's key";
    ProveKey = "device.prove", "用设备密钥换取令牌", "Prove a device's key and get a token";
    ReadRescueKey = "rescue.key", "读取救援公钥", "Read the district's public rescue key";
    CheckBadge = "badge.check", "核对工作证", "Check a worker's badge";
    ReadRoster = "roster.read", "查看片区人员名册", "See who works in an area";
    SignIn = "staff.sign_in", "登录控制台", "Sign in to the console";
    TakeInvitation = "staff.invitation", "凭邀请码设置密码", "Set one's first password by an invitation";
    SignInElsewhere = "staff.sign_in_elsewhere", "用统一身份登录", "Sign in by the organisation's own account";
    CheckHealth = "health", "查看服务器是否可用", "Ask whether the server answers";
    LoadConsole = "console.load", "打开控制台页面", "Load the console's own files";

    // Phones.
    Sync = "sync", "同步记录", "Push and pull records";
    Wait = "sync.wait", "等待新消息", "Wait for news of one's areas";
    SendPhoto = "photo.send", "上传照片", "Send a report's photo";
    RotateDeviceKey = "device.rotate_key", "更换设备密钥", "Change a device's key";
    HandInRevoked = "device.hand_in", "停用的手机交出未同步内容", "Hand in what a revoked phone still holds";

    // Whoever has signed in.
    SeeSelf = "staff.self", "查看自己的登录", "See who one is";
    SignOut = "staff.sign_out", "退出登录", "Sign out";
    ShowSecondFactor = "staff.second_factor", "完成两步验证", "Show the second factor that a sign-in lacks";
    CareForAccount = "staff.account", "管理自己的密码、两步验证和登录", "Look after one's password, second factor and sessions";
    ReadOwnDevices = "device.own.read", "查看自己的手机", "List one's own phones";
    RevokeOwnDevice = "device.own.revoke", "停用自己丢失的手机", "Revoke one's own lost phone";

    // Staff, by role and area.
    ListAreas = "area.list", "查看片区与数量", "List areas with their counts";
    ReadReports = "report.read", "查看合并后的报告", "Read merged reports and their records";
    ReadPhotos = "photo.read", "查看照片", "See a report's photos";
    ReadRefused = "quarantine.read", "查看隔离的内容", "Read refused changes";
    SettleRefused = "quarantine.settle", "采用或驳回隔离的内容", "Adopt or dismiss a refused change";
    ShowValue = "value.show", "显示被遮盖的内容", "Have a masked value shown, for a reason";
    ReadTrail = "trail.read", "查看审计记录", "Read the audit trail";
    ExportTrail = "trail.export", "导出审计记录", "Export the audit trail";
    SearchResidents = "resident.search", "查找居民或房东", "Look up a resident or landlord";
    TakeRequest = "request.take", "受理居民申请", "Take in a resident's request";
    ReadRequests = "request.read", "查看居民申请", "Read residents' requests";
    ApproveRequest = "request.approve", "同意居民申请", "Agree to a resident's request";
    DeclineRequest = "request.decline", "不予办理居民申请", "Decline a resident's request";
    CarryOutRequest = "request.carry_out", "办结居民申请", "Carry out a resident's request";
    HandInRescue = "rescue.hand_in", "导入救援包", "Hand in what a phone could not send";
    ListPeople = "person.list", "查看人员", "List people with their roles";
    ReadDuty = "duty.read", "查看在岗安排", "See who is on duty: roles, absences, stand-ins";
    GiveRole = "role.give", "授予角色", "Give somebody a role";
    EndRole = "role.end", "结束角色", "End somebody's role";
    EnterAbsence = "absence.enter", "登记请假", "Enter an absence";
    NameStandIn = "absence.stand_in", "指定代班", "Name who stands in";
    EndAbsence = "absence.end", "销假", "End an absence";
    ListDevices = "device.list", "查看手机", "List people's phones";
    InviteDevice = "device.invite", "生成登记码", "Make an enrolment code for somebody";
    RenameDevice = "device.rename", "重命名手机", "Rename a phone";
    SuspendDevice = "device.suspend", "暂停手机", "Suspend a phone";
    ResumeDevice = "device.resume", "恢复手机", "Let a suspended phone go on";
    RevokeDevice = "device.revoke", "停用手机", "Revoke a phone for good";

    // The server's own command line.
    Operate = "operate", "服务器命令行", "Whatever `doorstep --help` lists";
}
