// Parquet and Arrow files as hostile ones, with every type of column that exists in the wild.
#include "tests/fuzz/readall.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/writer.h>

namespace taskfold::fuzz {

namespace {

template <typename Builder, typename Value>
std::shared_ptr<arrow::Array> column(Builder builder, const std::vector<Value>& values)
{
    for (const Value& value : values)
        require(builder.Append(value).ok());
    return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Table> table()
{
    const auto text = column(arrow::StringBuilder(), std::vector<std::string>{"one", "two", "three"});
    const auto number = column(arrow::Int32Builder(), std::vector<int>{1, 2, 3});
    const auto real = column(arrow::DoubleBuilder(), std::vector<double>{0.5, -1, 1e300});
    const auto yes = column(arrow::BooleanBuilder(), std::vector<bool>{true, false, true});
    const auto time = column(arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO), arrow::default_memory_pool()), std::vector<std::int64_t>{0, 1, 2});
    const auto coded = column(arrow::StringDictionaryBuilder(), std::vector<std::string>{"x", "y", "x"});
    const auto decimal = column(arrow::Decimal128Builder(arrow::decimal128(10, 2)), std::vector<arrow::Decimal128>{arrow::Decimal128(1), arrow::Decimal128(2), arrow::Decimal128(3)});
    auto texts = std::make_shared<arrow::StringBuilder>();
    arrow::ListBuilder lists(arrow::default_memory_pool(), texts);
    for (int i = 0; i < 3; ++i) {
        require(lists.Append().ok());
        for (int k = 0; k < i; ++k)
            require(texts->Append("item").ok());
    }
    const auto list = lists.Finish().ValueOrDie();
    const auto object = arrow::StructArray::Make({text, number}, std::vector<std::string>{"a", "b"}).ValueOrDie();
    return arrow::Table::Make(arrow::schema({arrow::field("input", arrow::utf8()), arrow::field("n", arrow::int32()),
                                  arrow::field("real", arrow::float64()), arrow::field("yes", arrow::boolean()), arrow::field("time", time->type()),
                                  arrow::field("target", coded->type()), arrow::field("decimal", decimal->type()), arrow::field("list", list->type()),
                                  arrow::field("object", object->type())}),
        {text, number, real, yes, time, coded, decimal, list, object});
}

std::string asParquet(const arrow::Table& rows)
{
    const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
    require(parquet::arrow::WriteTable(rows, arrow::default_memory_pool(), out, 2).ok());
    return out->Finish().ValueOrDie()->ToString();
}

// Texts alone in one row group, which are read from their pages.
std::string asPages(bool dictionary, bool second)
{
    const auto texts = column(arrow::StringBuilder(), std::vector<std::string>{"one", "two", "three", "two", "caf\xc3\xa9"});
    arrow::StringBuilder some;
    for (const char* text : {"a", "b", "a", "a"})
        require(some.Append(text).ok());
    require(some.AppendNull().ok());
    const auto rows = arrow::Table::Make(arrow::schema({arrow::field("input", arrow::utf8(), false), arrow::field("target", arrow::utf8())}), {texts, some.Finish().ValueOrDie()});
    parquet::WriterProperties::Builder how;
    how.compression(second ? arrow::Compression::SNAPPY : arrow::Compression::UNCOMPRESSED)->disable_write_page_index();
    how.data_page_version(second ? parquet::ParquetDataPageVersion::V2 : parquet::ParquetDataPageVersion::V1)->data_pagesize(8)->write_batch_size(2);
    if (!dictionary)
        how.disable_dictionary();
    const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
    require(parquet::arrow::WriteTable(*rows, arrow::default_memory_pool(), out, 100, how.build()).ok());
    return out->Finish().ValueOrDie()->ToString();
}

std::string asArrow(const arrow::Table& rows, bool file)
{
    const auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
    const auto writer = (file ? arrow::ipc::MakeFileWriter(out, rows.schema()) : arrow::ipc::MakeStreamWriter(out, rows.schema())).ValueOrDie();
    require(writer->WriteTable(rows).ok() && writer->Close().ok());
    return out->Finish().ValueOrDie()->ToString();
}

}  // namespace

std::vector<std::string> seeds()
{
    const auto rows = table();
    const auto few = rows->SelectColumns({0, 5}).ValueOrDie();
    return {asParquet(*rows), asParquet(*few), asArrow(*rows, true), asArrow(*rows, false), asArrow(*few, true), asPages(true, false), asPages(false, false), asPages(true, true),
        asPages(false, true)};
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    const std::string_view bytes = fuzz::viewOf(data, size);
    data::ReadOptions options;
    options.format = bytes.starts_with("PAR1") ? data::FileFormat::Parquet : data::FileFormat::Arrow;
    fuzz::readBytes(bytes, options);
    return 0;
}
