//! What becomes of single rows: broken, doubled, contradicting, odd; mended and read again.

use baotu_doors::import::{Finding, Import, ImportFault, ImportRefused, ImportReport, Mapping};
use baotu_doors::import::{open_rejects, rejects_csv};
use baotu_storage::testing::{TestStore, open, stores};
use baotu_storage::{Engine, Store};
use jiff::tz::TimeZone;

use crate::given::{Cases, Ticking, mapping};

const MAPPING: &str = r#"
title = "街道台账"
source = "ledger"
[format]
kind = "csv"
[place]
system = "gcj02"
[fields]
external_id = { column = "id" }
title = { column = "title", cut = 10 }
category = { column = "class", table = "classes" }
opened_at = { column = "opened", dates = ["%Y-%m-%d %H:%M", "%Y-%m-%d"] }
closed_at = { column = "closed", dates = ["%Y-%m-%d %H:%M"], missing = ["-"] }
status = { column = "state", table = "states" }
unit = { column = "unit", table = "units" }
lon = { column = "x" }
lat = { column = "y" }
transfers = { column = "moved" }
[table.classes]
default = "other"
[table.classes.map]
"道路" = "road"
"怪" = "no-such-category"
[table.states.map]
"办结" = "closed"
"在办" = "open"
[table.units]
default = ""
[table.units.map]
"城管局" = "chengguan"
"#;

const HEADER: &str = "id,title,class,opened,closed,state,unit,x,y,moved\n";

async fn run(
    store: &Store,
    cases: &Cases,
    file: &[u8],
    mapping: &Mapping,
) -> Result<ImportReport, ImportFault> {
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let bounds = Some([116.2, 36.0, 117.8, 37.5]);
    Import { store, sink: cases, surroundings: &Ticking::new(), zone, bounds }.run(file, mapping).await
}

async fn report(test: &TestStore, file: &str) -> (ImportReport, Cases) {
    let cases = Cases::new(&test.store).await;
    let mapping = Mapping::parse(MAPPING).expect("a right mapping");
    let report = run(&test.store, &cases, file.as_bytes(), &mapping).await.expect("imported");
    assert!(report.is_complete());
    (report, cases)
}

fn with_rows(rows: &str) -> String {
    format!("\u{feff}{HEADER}{rows}")
}

#[tokio::test]
async fn every_bad_row_is_named_with_its_line_and_the_others_are_in() {
    let file = with_rows(
        "1,路面破损,道路,2026-03-02 09:00,2026-03-03 10:00,办结,城管局,117.0069,36.6657,2\n\
         \n\
         2,\"两行\n的标题\",道路,2026-03-02,-,在办,城管局,,,\n\
         3,不是日期,道路,2026-02-30,-,在办,城管局,,,\n\
         4,很多错误,道路,昨天,-,消失,城管局,217,36.6,很多\n\
         5,少一列,道路,2026-03-02,-,在办\n\
         6,\"没有结束的引号,道路,2026-03-02,-,在办,城管局,,,\n\
         7,好的,道路,2026-03-02,-,在办,城管局,,,\n\
         8,\"引号\"后有字,道路,2026-03-02,-,在办,城管局,,,\n\
         ,没有编号,道路,2026-03-02,-,在办,城管局,,,\n\
         9,城市不认的分类,怪,2026-03-02,-,在办,城管局,,,\n\
         7,好的,道路,2026-03-02,-,在办,城管局,,,\n\
         7,同号不同文,道路,2026-03-02,-,在办,城管局,,,\n\
         10,未知的词很长要被截断了吧,天文,2026-03-02,-,在办,外星局,,,",
    );
    for test in stores().await {
        let (report, cases) = report(&test, &file).await;
        assert_eq!(cases.count("1 = 1").await, 4);
        assert_eq!(
            cases.count("title = '未知的词很长要被截…' AND category = 'other' AND unit IS NULL").await,
            1
        );
        insta::assert_snapshot!("report", report.to_string());
    }
}

#[tokio::test]
async fn odd_rows_are_imported_and_named() {
    let file = with_rows(
        "1,整度坐标,道路,2026-03-02,2026-03-01 08:00,办结,城管局,117,36,0\n\
         2,只有经度,道路,2026-03-02,-,办结,城管局,117.1,,0\n\
         3,城外,道路,2026-03-02,-,在办,城管局,121.4737,31.2304,0\n\
         4,未来,道路,2036-03-02,-,在办,城管局,,,0\n\
         5,很久以前,道路,1970-03-02,2026-03-02 08:00,在办,城管局,,,0\n",
    );
    let test = open(Engine::Sqlite).await;
    let (report, cases) = report(&test, &file).await;
    assert_eq!(report.imported, 5);
    let named: Vec<(Finding, Vec<u64>)> =
        report.findings.iter().map(|(finding, tally)| (*finding, tally.lines.clone())).collect();
    assert_eq!(
        named,
        [
            (Finding::CoarsePosition, vec![2]),
            (Finding::HalfPosition, vec![3]),
            (Finding::NoPosition, vec![5, 6]),
            (Finding::OutsideCity, vec![4]),
            (Finding::ClosedBeforeOpened, vec![2]),
            (Finding::ClosedWithoutTime, vec![3]),
            (Finding::OpenWithClosingTime, vec![6]),
            (Finding::InFuture, vec![5]),
            (Finding::LongAgo, vec![6]),
        ]
    );
    assert_eq!(cases.count("lon IS NULL").await, 4);
}

#[tokio::test]
async fn times_are_read_in_their_zone_and_places_turned_into_cgcs2000() {
    let test = open(Engine::Sqlite).await;
    let file = with_rows("1,泉,道路,2026-03-02 09:00,-,在办,城管局,117.0069,36.6657,0\n");
    let (_, cases) = report(&test, &file).await;
    let row =
        cases.0.query_one("SELECT opened_at, lon, lat FROM test_case", Vec::new()).await.expect("a row");
    assert_eq!(row.moment("opened_at").expect("a time").to_string(), "2026-03-02T01:00:00Z");
    let (lon, lat) = (row.real("lon").expect("lon"), row.real("lat").expect("lat"));
    // GCJ-02 lies some hundred metres to the south-east of CGCS2000 there.
    assert!(
        (0.002..0.01).contains(&(117.0069 - lon)) && (-0.002..0.002).contains(&(36.6657 - lat)),
        "{lon} {lat}"
    );
}

#[tokio::test]
async fn clocks_put_back_or_forward_are_named() {
    let file =
        format!("{HEADER}1,两次,道路,2025-11-02 01:30,-,在办,,,,\n2,没有,道路,2025-03-09 02:30,-,在办,,,,\n");
    let test = open(Engine::Sqlite).await;
    let cases = Cases::new(&test.store).await;
    let mut mapping = Mapping::parse(MAPPING).expect("a right mapping");
    mapping.format.time_zone = Some("America/New_York".to_owned());
    let report = run(&test.store, &cases, file.as_bytes(), &mapping).await.expect("imported");
    assert_eq!(report.findings[&Finding::AmbiguousTime].lines, [2]);
    assert_eq!(report.findings[&Finding::SkippedTime].lines, [3]);
    let first = "2025-11-02T05:30:00Z".parse::<baotu_vocabulary::Moment>().expect("a time").micros();
    assert_eq!(cases.count(&format!("external_id = '1' AND opened_at = {first}")).await, 1);
}

#[tokio::test]
async fn mended_rows_come_in_and_what_is_still_wrong_stays() {
    let file = with_rows(
        "1,好的,道路,2026-03-02,-,在办,城管局,,,\n2,坏的,道路,昨天,-,在办,城管局,,,\n3,更坏,道路,前天,-,在办,城管局,,,\n4,少列\n",
    );
    for test in stores().await {
        let (first, cases) = report(&test, &file).await;
        assert_eq!((first.imported, first.rejected.len()), (1, 3));
        let rejects = open_rejects(&test.store, "ledger").await.expect("rejects");
        let table = String::from_utf8(rejects_csv(&rejects)).expect("UTF-8");
        assert_eq!(table.lines().count(), 4);

        let mended = table.replace("昨天", "2026-03-02");
        let mapping = Mapping::parse(MAPPING).expect("a right mapping");
        let second = run(&test.store, &cases, mended.as_bytes(), &mapping).await.expect("imported");
        assert_eq!((second.read, second.imported, second.mended, second.rejected.len()), (3, 1, 1, 2));
        let left = open_rejects(&test.store, "ledger").await.expect("rejects");
        assert_eq!(left.len(), 2, "the others stay the rejects that they were");
        let dropped = "SELECT count(*) AS n FROM doors_import_reject WHERE content IS NULL AND mended_at > 0";
        assert_eq!(test.store.query_one(dropped, Vec::new()).await.expect("a count").int("n"), Ok(1));

        let again = run(&test.store, &cases, file.as_bytes(), &mapping).await.expect("imported");
        assert_eq!((again.imported, again.known, again.rejected.len()), (0, 1, 3));
    }
}

#[tokio::test]
async fn a_file_that_is_not_the_mappings_is_refused_whole() {
    let test = open(Engine::Sqlite).await;
    let cases = Cases::new(&test.store).await;
    let mapping = Mapping::parse(MAPPING).expect("a right mapping");
    let refused = async |file: &[u8]| match run(&test.store, &cases, file, &mapping).await {
        Err(ImportFault::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(b"").await, ImportRefused::Empty);
    assert!(matches!(refused(b"id,title\n1,x\n").await, ImportRefused::ColumnsMissing { .. }));
    let doubled = format!("title,{HEADER}");
    assert_eq!(refused(doubled.as_bytes()).await, ImportRefused::ColumnsDoubled(vec!["title".to_owned()]));
    assert!(matches!(refused(&[0x1f, 0x8b, 1, 2, 3]).await, ImportRefused::Unreadable(_)));
}

#[tokio::test]
async fn gb18030_and_bytes_that_are_none() {
    let test = open(Engine::Sqlite).await;
    let cases = Cases::new(&test.store).await;
    let text = MAPPING.replace("kind = \"csv\"", "kind = \"csv\"\nencoding = \"gb18030\"");
    let mapping = Mapping::parse(&text).expect("a right mapping");
    let rows = format!(
        "{HEADER}1,趵突泉𠮷,道路,2026-03-02,-,在办,城管局,,,\n2,X,道路,2026-03-02,-,在办,城管局,,,\n"
    );
    let (encoded, ..) = encoding_rs::GB18030.encode(&rows);
    let mut bytes = encoded.into_owned();
    let broken = bytes.iter().rposition(|byte| *byte == b'X').expect("the second title");
    bytes[broken] = 0xff;
    let report = run(&test.store, &cases, &bytes, &mapping).await.expect("imported");
    assert_eq!((report.imported, report.rejected.len(), report.rejected[0].line), (1, 1, 3));
    assert_eq!(cases.count("title = '趵突泉𠮷'").await, 1);
    assert!(report.rejected[0].row.contains_key("_bytes"), "the bytes themselves are kept");
}

#[tokio::test]
async fn json_values_that_are_no_requests_cost_only_themselves() {
    let test = open(Engine::Sqlite).await;
    let cases = Cases::new(&test.store).await;
    let request = |id: &str| {
        format!(
            r#"{{"service_request_id":"{id}","service_name":"Pothole {{]","status":"open",
                "requested_datetime":"2026-03-02T09:00:00-05:00","updated_datetime":"2026-03-03T09:00:00-05:00"}}"#
        )
    };
    let file =
        format!("[\n{},\n7,\n{{\"status\": nope}},\n{},\n{}\n", request("a"), request("b"), "{\"cut\": \"of");
    let report =
        run(&test.store, &cases, file.as_bytes(), &mapping("open311-requests.toml")).await.expect("imported");
    let lines: Vec<u64> = report.rejected.iter().map(|rejected| rejected.line).collect();
    assert_eq!((report.imported, lines), (2, vec![4, 5, 8]));
    assert!(!report.findings.contains_key(&Finding::OpenWithClosingTime), "a last change is no closing time");
}

#[tokio::test]
async fn a_workbook_comes_in_with_its_dates_and_errors() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let header = [
        "工单编号",
        "标题",
        "诉求内容",
        "分类编码",
        "诉求类型",
        "受理渠道",
        "受理时间",
        "办理期限",
        "办结时间",
        "工单状态",
        "承办单位编码",
        "经度",
        "纬度",
        "诉求地址",
        "转派次数",
        "是否匿名",
        "答复内容",
    ];
    for (column, name) in (0..).zip(header) {
        sheet.write(1, column, name).expect("a cell");
    }
    for row in [2, 4] {
        sheet.write(row, 0, row).expect("a cell");
        sheet.write(row, 1, "路灯不亮").expect("a cell");
        sheet.write(row, 3, "0101").expect("a cell");
        let opened =
            ExcelDateTime::from_ymd(2026, 3, 2).and_then(|day| day.and_hms(9, 30, 0)).expect("a time");
        sheet.write_with_format(row, 6, opened, &date).expect("a cell");
        sheet.write(row, 9, "办理中").expect("a cell");
        sheet.write(row, 14, 3).expect("a cell");
        sheet.write(row, 15, "是").expect("a cell");
    }
    sheet.write(5, 0, "no date").expect("a cell");
    let bytes = workbook.save_to_buffer().expect("a workbook");
    let test = open(Engine::Sqlite).await;
    let cases = Cases::new(&test.store).await;
    let report = run(&test.store, &cases, &bytes, &mapping("hotline-export.toml")).await.expect("imported");
    assert_eq!((report.imported, report.rejected.len(), report.rejected[0].line), (2, 1, 6));
    let opened = "2026-03-02T01:30:00Z".parse::<baotu_vocabulary::Moment>().expect("a time").micros();
    let filter = format!("external_id = '2' AND opened_at = {opened} AND transfers = 3 AND anonymous = 1");
    assert_eq!(cases.count(&filter).await, 1);
}
