//! Everything that is noted: a code for machines, words for the auditor.

use sync_protocol::records::Label;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// What was done or tried.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Act {
            $(#[doc = $en] $name,)*
        }

        impl Act {
            /// Every act, in the order of this page.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What the auditor reads.
            pub const fn label(self) -> Label {
                match self { $(Self::$name => Label::new($zh, $en),)* }
            }
        }
    };
}

acts! {
    // Staff: signing in and what they sign in with.
    SignIn = "sign_in", "登录", "Signed in";
    SignOut = "sign_out", "退出登录", "Signed out";
    SessionsEnded = "sessions_ended", "结束全部会话", "Ended a person's sessions";
    LoginGiven = "login_given", "开通登录", "Gave a login";
    PasswordSet = "password_set", "修改密码", "Set a password";
    SecondFactorSet = "second_factor_set", "启用两步验证", "Set up a second factor";
    SecondFactorRemoved = "second_factor_removed", "停用两步验证", "Removed a second factor";
    LoginLocked = "login_locked", "登录被锁定", "A login was locked";
    LoginUnlocked = "login_unlocked", "解除登录锁定", "Unlocked a login";
    SecondFactorRuled = "second_factor_ruled", "规定是否须两步验证", "Ruled whether everybody needs a second factor";
    ProviderSet = "provider_set", "设置统一身份认证", "Set the district's identity provider";
    ProviderCleared = "provider_cleared", "取消统一身份认证", "Forgot the district's identity provider";
    SingleSignOnLinked = "single_sign_on_linked", "关联统一身份", "Linked a login of another provider";
    // People and what they are.
    PersonEntered = "person_entered", "录入人员", "Entered a person";
    PersonLeft = "person_left", "人员离任", "Ended a person's service";
    RoleGranted = "role_granted", "授予角色", "Granted a role";
    RoleTaken = "role_taken", "收回角色", "Took a role away";
    LeaveSet = "leave_set", "登记请假", "Set a leave";
    LeaveEnded = "leave_ended", "销假", "Ended a leave";
    StandInSet = "stand_in_set", "指定代班", "Appointed a stand-in";
    StandInEnded = "stand_in_ended", "结束代班", "Ended a stand-in";
    BadgeSet = "badge_set", "设置工作证", "Set a badge";
    // Phones.
    EnrolmentCodeMade = "enrolment_code_made", "生成登记码", "Made an enrolment code";
    DeviceEnrolled = "device_enrolled", "设备登记", "Enrolled a phone";
    DeviceToken = "device_token", "设备领取令牌", "A phone proved its key for a token";
    DeviceRenamed = "device_renamed", "设备改名", "Renamed a phone";
    DeviceSuspended = "device_suspended", "停用设备", "Suspended a phone";
    DeviceResumed = "device_resumed", "恢复设备", "Let a suspended phone back in";
    DeviceRevoked = "device_revoked", "注销设备", "Revoked a phone";
    DevicePurged = "device_purged", "设备已清除", "A revoked phone was purged";
    DeviceKeyChanged = "device_key_changed", "更换设备密钥", "A phone changed its key";
    // Reading.
    ReportRead = "report_read", "查看报告", "Read a report";
    PhotoRead = "photo_read", "查看照片", "Looked at a photo";
    ValueShown = "value_shown", "显示完整内容", "Had a masked value shown";
    QuarantineRead = "quarantine_read", "查看隔离内容", "Read the refused changes";
    TrailRead = "trail_read", "查看审计记录", "Read the audit trail";
    TrailExported = "trail_exported", "导出审计记录", "Exported the audit trail";
    ResidentSearched = "resident_searched", "查找居民", "Looked up a resident";
    RequestRead = "request_read", "查看居民申请", "Read residents' requests";
    // Residents' requests.
    RequestTaken = "request_taken", "受理居民申请", "Took in a resident's request";
    RequestChanged = "request_changed", "修改居民申请", "Changed a resident's request";
    RequestApproved = "request_approved", "同意居民申请", "Agreed to a resident's request";
    RequestDeclined = "request_declined", "不予办理居民申请", "Declined a resident's request";
    ErasureBegun = "erasure_begun", "开始删除", "Began to erase a resident's records";
    RecordErased = "record_erased", "删除记录", "Erased a record for good";
    RequestDone = "request_done", "办结居民申请", "Carried out a resident's request";
    // Deciding.
    QuarantineAdopted = "quarantine_adopted", "采用被拒的修改", "Adopted a refused change";
    QuarantineDismissed = "quarantine_dismissed", "驳回被拒的修改", "Dismissed a refused change";
    RescueBegun = "rescue_begun", "开始导入救援包", "Began to hand in a rescue bundle";
    RescueHandedIn = "rescue_handed_in", "导入救援包", "Handed in a rescue bundle";
    // The district and its areas.
    DistrictCreated = "district_created", "建立区县", "Set up the district";
    AreaCreated = "area_created", "录入片区", "Entered an area";
    AreaSplit = "area_split", "拆分片区", "Split an area";
    RecordMoved = "record_moved", "移交记录", "Moved a record to another area";
    ConfigurationSet = "configuration_set", "修改配置", "Set the district's configuration";
    // Operators.
    RetentionApplied = "retention_applied", "按保存期限清除", "Erased what was kept for long enough";
    SigningKeyChanged = "signing_key_changed", "更换签名密钥", "Changed the district's signing key";
    MasterKeyChanged = "master_key_changed", "更换主密钥", "Put the data keys under another master key";
    PhotosSealed = "photos_sealed", "加密存量照片", "Encrypted photos of before";
    IndexKeyChanged = "index_key_changed", "更换索引密钥", "Changed the key by which people are found";
    DataKeyChanged = "data_key_changed", "更换数据密钥", "Put everything under another data key";
    Seeded = "seeded", "写入演示数据", "Planted a synthetic district";
    Rebuilt = "rebuilt", "重建数据", "Rebuilt everything from the log";
    NewLife = "new_life", "恢复后启用新纪元", "Began a new life of the database";
    // What came and was refused without being any of these.
    Request = "request", "请求", "Sent a request";
}

impl Act {
    /// The act of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_code_of_its_own_and_words_in_both_languages() {
        for act in Act::ALL {
            assert_eq!(Act::from_code(act.code()), Some(*act));
            assert!(act.code().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{act:?}");
            assert!(act.label().zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
            assert!(act.label().en.is_ascii() && act.label().en.contains(' '), "{act:?}");
        }
    }
}
