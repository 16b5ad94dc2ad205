//! What can go wrong on the phone itself, in the form of the catalogue. (The status is 0: these never
//! travel.)

use super::Code;
use crate::records::Label;

macro_rules! phone_codes {
    ($($name:ident = $code:literal, $retry:literal,
       $zh:literal, $en:literal, $remedy_zh:literal, $remedy_en:literal;)*) => {
        $(
            #[doc = $en]
            pub static $name: Code = Code {
                code: $code,
                status: 0,
                retry: $retry,
                message: Label::new($zh, $en),
                remedy: Label::new($remedy_zh, $remedy_en),
            };
        )*

        /// Every entry, in the order of this page.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

phone_codes! {
    STORE_KEY_WRONG = "store_key_wrong", false,
        "密钥打不开这个数据库", "The key does not open this store",
        "请使用建立它时的密钥;数据未被改动", "Use the key it was made with; nothing was changed";
    STORE_NEWER = "store_newer", false,
        "数据库由更新版本的应用写入", "A newer version of the app wrote this store",
        "请更新应用;数据未被改动", "Update the app; nothing was changed";
    STORE_DAMAGED = "store_damaged", false,
        "本机数据库已损坏", "The store on this phone is damaged",
        "请关闭应用后重新打开:能读出的内容会转入新的数据库,损坏的文件会保留",
        "Close the app and open it again: what can be read goes into a new store, and the damaged file is kept";
    STORE_FULL = "store_full", true,
        "手机存储空间已满,这次没有保存", "The phone's storage is full; this was not saved",
        "请腾出空间后重试;先前保存的内容仍在,仍可同步",
        "Free some space and try again; what was saved before is safe and can still be sent";
    STORE_FAILED = "store_failed", true,
        "本机数据库无法读写", "The store on this phone could not be read or written",
        "请检查剩余空间后重试", "Check the free space and try again";
    RECORD_UNREADABLE = "record_unreadable", false,
        "本机的这条记录无法读取", "This record's document on the phone cannot be read",
        "原内容已保留;请联系管理员", "It is kept as it is; tell your administrator";
    NOT_ENROLLED = "not_enrolled", false,
        "这台设备尚未登记", "This phone has not enrolled yet",
        "请扫描管理员给的登记二维码", "Scan the enrolment code your administrator gives you";
    DEVICE_EMPTIED = "device_emptied", false,
        "这台手机已被停用:尚未同步的内容已交给服务器,手机已清空", "This phone was revoked: it has handed in what it held, and is empty",
        "请向管理员要新的登记码;交出的内容由管理人员核实", "Ask your administrator for a new code; staff look at what was handed in";
    ALREADY_ENROLLED = "already_enrolled", false,
        "这台设备已经登记", "This phone has enrolled already",
        "如需换人使用,请另建一个数据库", "Use another store for another person";
    INVITATION_WRONG = "invitation_wrong", false,
        "登记内容不完整", "The enrolment text is not of its form",
        "应为 doorstep:enrol?server=…&code=…", "It reads doorstep:enrol?server=…&code=…";
    NOT_ON_PHONE = "not_on_phone", false,
        "手机上没有这条记录", "This record is not on the phone",
        "请先同步,或检查编号", "Sync first, or check the number";
    AMBIGUOUS = "ambiguous", false,
        "不止一条记录以此开头", "More than one record begins like this",
        "请多输入几位", "Give a few characters more";
    BADGE_TOO_LONG = "badge_too_long", false,
        "服务器地址过长,放不进二维码", "The server's address is too long for a QR code",
        "请管理员在配置中填写较短的 public_address", "Ask your administrator for a shorter public_address in the configuration";
    WRONG_RECORD = "wrong_record", false,
        "这条记录的种类不适用", "The record is of a kind that this does not apply to",
        "请检查编号", "Check the number";
    AREA_UNCLEAR = "area_unclear", false,
        "无法确定所属片区", "It is not clear to which area this belongs",
        "请指明片区", "Say which area";
    REPORT_INCOMPLETE = "report_incomplete", false,
        "报告还有必填项未填", "The report still lacks what must be filled in",
        "请补填所列字段后再提交", "Fill in the fields named, then submit";
    PHOTO_UNKNOWN = "photo_unknown", false,
        "文件不是 JPEG 或 PNG 图片", "The file is no JPEG or PNG picture",
        "请换一张照片", "Choose another picture";
    PHOTO_TOO_LARGE = "photo_too_large", false,
        "照片超过 32 MiB", "The photo is larger than 32 MiB",
        "请降低拍摄分辨率", "Take it at a lower resolution";
    RESCUE_KEY_MISSING = "rescue_key_missing", true,
        "手机上还没有本区县的救援密钥", "This phone does not have its district's rescue key yet",
        "请在能连上服务器的地方再导出一次;内容仍保存在手机上", "Export once more where the server can be reached; everything stays safe on the phone";
    FILE_FULL = "file_full", true,
        "目标位置空间不足,文件没有写成", "There is no room for the file, and none was written",
        "请腾出空间或换一个位置(如存储卡)后重试;手机上的内容不受影响",
        "Free some space or choose another place, such as a memory card; nothing on the phone is lost";
    FILE_FAILED = "file_failed", true,
        "文件无法写入", "The file cannot be written",
        "请检查目标位置或换一个位置后重试;手机上的内容不受影响",
        "Check the place or choose another one; nothing on the phone is lost";
    WAITS_FOR_NETWORK = "waits_for_network", true,
        "当前网络按流量计费,照片暂不发送", "This network costs by what goes over it: photos wait",
        "换到其他网络后会自动发送;也可选择立即发送", "They go by themselves on another network; or choose to send them now";
    WAITS_FOR_BATTERY = "waits_for_battery", true,
        "电量低,照片暂不发送", "The battery is low: photos wait",
        "充电后会自动发送;也可选择立即发送", "They go by themselves once it is charged; or choose to send them now";
    WAITS_FOR_SERVER = "waits_for_server", true,
        "服务器请求稍后再发送", "The server asked to be left alone for a while",
        "稍后会自动发送", "It is sent by itself later";
    UNREACHABLE = "server_unreachable", true,
        "连不上服务器", "The server cannot be reached",
        "内容都保存在手机上;有信号时会再试", "Everything is safe on the phone; it is tried again with a signal";
    ANSWER_UNREADABLE = "answer_unreadable", true,
        "服务器的答复无法读取", "The server's answer cannot be read",
        "请稍后再试;如再次出现请更新应用", "Try again later; if it happens again update the app";
    // What the server would refuse, noticed before it was saved: the same codes, other remedies.
    WRONG_VALUE = "wrong_value", false,
        "字段的值类型或长度不符", "A value is not of its field's type or past its size",
        "没有保存;请改正这一项", "Nothing was saved; correct this field";
    UNKNOWN_FIELD = "unknown_field", false,
        "没有这个字段", "There is no such field",
        "没有保存;请检查字段名", "Nothing was saved; check the field's name";
    FIELD_FORBIDDEN = "field_forbidden", false,
        "您的角色不能填写这个字段", "Your role may not write this field",
        "没有保存;请由有权限的同事填写", "Nothing was saved; ask a colleague whose role may write it";
    RECORD_CLOSED = "record_closed", false,
        "报告已通过审核,内容不能再改", "The report was accepted and its evidence is closed",
        "没有保存;如需更正请新建一份报告", "Nothing was saved; make a new report that names this one";
    AREA_FORBIDDEN = "area_forbidden", false,
        "您不负责这个片区", "The area is not yours",
        "没有保存;请联系管理员分配片区", "Nothing was saved; ask your administrator for the area";
    CHANGE_TOO_LARGE = "change_too_large", false,
        "这次修改过大", "The change is larger than 64 KiB",
        "没有保存;请分几次填写", "Nothing was saved; write it in several smaller edits";
    TOO_MANY_OPERATIONS = "too_many_operations", false,
        "一次修改的项目过多", "The change does too many things at once",
        "没有保存;请分几次填写", "Nothing was saved; write it in several smaller edits";
    SYNC_CANCELLED = "sync_cancelled", true,
        "同步已取消", "The sync was cancelled",
        "已保存的内容不受影响;下次同步接着进行", "What was saved is safe; the next sync goes on from here";
    RECORD_VOID = "record_void", false,
        "这条记录已作废", "The record is void",
        "没有保存;需要时请清除作废原因", "Nothing was saved; clear the reason of its being void if it should stand";
    REASON_MISSING = "reason_missing", false,
        "请写明作废的原因", "Say why it is to be void",
        "没有保存;请填写原因", "Nothing was saved; give a reason";
    NO_PROGRESS = "no_progress", true,
        "同步没有进展", "The sync does not get on",
        "请稍后再试", "Try again later";
}
