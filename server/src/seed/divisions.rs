//! Places of registration: real county-level divisions with their real GB/T 2260 codes (edition of
//! 2021, compared with the published list). Districts of the seed's own city stand apart.

/// A county-level division.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Division {
    /// Its GB/T 2260 code.
    pub(super) code: u32,
    /// Its name with the province's and the city's.
    pub(super) name: &'static str,
}

const fn of(code: u32, name: &'static str) -> Division {
    Division { code, name }
}

/// The district of the seed.
pub(super) const HOME: Division = of(210_102, "辽宁省沈阳市和平区");

/// The other districts of its city: whoever is registered there lodges within the city.
pub(super) const CITY: &[Division] = &[
    of(210_103, "辽宁省沈阳市沈河区"),
    of(210_104, "辽宁省沈阳市大东区"),
    of(210_105, "辽宁省沈阳市皇姑区"),
    of(210_106, "辽宁省沈阳市铁西区"),
    of(210_111, "辽宁省沈阳市苏家屯区"),
    of(210_112, "辽宁省沈阳市浑南区"),
    of(210_113, "辽宁省沈阳市沈北新区"),
    of(210_114, "辽宁省沈阳市于洪区"),
    of(210_115, "辽宁省沈阳市辽中区"),
    of(210_124, "辽宁省沈阳市法库县"),
    of(210_181, "辽宁省沈阳市新民市"),
];

/// Where those come from who moved here from another city; near ones stand more than once.
pub(super) const COUNTRY: &[Division] = &[
    of(210_202, "辽宁省大连市中山区"),
    of(210_381, "辽宁省鞍山市海城市"),
    of(210_411, "辽宁省抚顺市顺城区"),
    of(210_504, "辽宁省本溪市明山区"),
    of(210_681, "辽宁省丹东市东港市"),
    of(210_726, "辽宁省锦州市黑山县"),
    of(210_882, "辽宁省营口市大石桥市"),
    of(210_922, "辽宁省阜新市彰武县"),
    of(211_021, "辽宁省辽阳市辽阳县"),
    of(211_122, "辽宁省盘锦市盘山县"),
    of(211_224, "辽宁省铁岭市昌图县"),
    of(211_224, "辽宁省铁岭市昌图县"),
    of(211_282, "辽宁省铁岭市开原市"),
    of(211_322, "辽宁省朝阳市建平县"),
    of(211_421, "辽宁省葫芦岛市绥中县"),
    of(220_104, "吉林省长春市朝阳区"),
    of(220_182, "吉林省长春市榆树市"),
    of(220_303, "吉林省四平市铁东区"),
    of(220_581, "吉林省通化市梅河口市"),
    of(230_102, "黑龙江省哈尔滨市道里区"),
    of(230_184, "黑龙江省哈尔滨市五常市"),
    of(230_202, "黑龙江省齐齐哈尔市龙沙区"),
    of(230_604, "黑龙江省大庆市让胡路区"),
    of(231_282, "黑龙江省绥化市肇东市"),
    of(110_105, "北京市朝阳区"),
    of(110_108, "北京市海淀区"),
    of(120_104, "天津市南开区"),
    of(130_102, "河北省石家庄市长安区"),
    of(130_203, "河北省唐山市路北区"),
    of(140_106, "山西省太原市迎泽区"),
    of(150_105, "内蒙古自治区呼和浩特市赛罕区"),
    of(150_402, "内蒙古自治区赤峰市红山区"),
    of(150_502, "内蒙古自治区通辽市科尔沁区"),
    of(310_115, "上海市浦东新区"),
    of(320_106, "江苏省南京市鼓楼区"),
    of(320_583, "江苏省苏州市昆山市"),
    of(330_106, "浙江省杭州市西湖区"),
    of(330_302, "浙江省温州市鹿城区"),
    of(330_782, "浙江省金华市义乌市"),
    of(340_104, "安徽省合肥市蜀山区"),
    of(341_221, "安徽省阜阳市临泉县"),
    of(350_203, "福建省厦门市思明区"),
    of(350_582, "福建省泉州市晋江市"),
    of(360_102, "江西省南昌市东湖区"),
    of(370_102, "山东省济南市历下区"),
    of(370_202, "山东省青岛市市南区"),
    of(370_683, "山东省烟台市莱州市"),
    of(371_721, "山东省菏泽市曹县"),
    of(410_105, "河南省郑州市金水区"),
    of(411_525, "河南省信阳市固始县"),
    of(411_681, "河南省周口市项城市"),
    of(420_106, "湖北省武汉市武昌区"),
    of(421_087, "湖北省荆州市松滋市"),
    of(430_104, "湖南省长沙市岳麓区"),
    of(440_106, "广东省广州市天河区"),
    of(440_305, "广东省深圳市南山区"),
    of(500_101, "重庆市万州区"),
    of(500_103, "重庆市渝中区"),
    of(510_104, "四川省成都市锦江区"),
    of(510_722, "四川省绵阳市三台县"),
    of(511_702, "四川省达州市通川区"),
    of(520_102, "贵州省贵阳市南明区"),
    of(530_102, "云南省昆明市五华区"),
    of(610_113, "陕西省西安市雁塔区"),
    of(610_802, "陕西省榆林市榆阳区"),
    of(620_102, "甘肃省兰州市城关区"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_of_counties_and_have_one_name_each() {
        let mut names = std::collections::BTreeMap::new();
        for division in COUNTRY.iter().chain(CITY).chain([&HOME]) {
            assert!((110_101..=659_999).contains(&division.code) && division.code % 100 != 0);
            let name = names.entry(division.code).or_insert(division.name);
            assert_eq!(*name, division.name);
        }
        assert!(COUNTRY.iter().all(|division| division.code / 100 != 2101));
    }
}
