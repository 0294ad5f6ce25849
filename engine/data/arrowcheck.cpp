#include "engine/data/arrowbatches.h"

namespace taskfold::data {

namespace {

using Data = std::shared_ptr<arrow::ArrayData>;

Data asBytes(const arrow::ArrayData& data);

std::shared_ptr<arrow::Field> fieldLike(const arrow::DataType& type, int i, const Data& child)
{
    return type.field(i)->WithType(child->type);
}

// Of a type that has others inside; null where such a type isn't known here.
std::shared_ptr<arrow::DataType> nested(const arrow::DataType& type, const std::vector<Data>& children)
{
    switch (type.id()) {
    case arrow::Type::LIST: return arrow::list(fieldLike(type, 0, children[0]));
    case arrow::Type::LARGE_LIST: return arrow::large_list(fieldLike(type, 0, children[0]));
    case arrow::Type::FIXED_SIZE_LIST:
        return arrow::fixed_size_list(fieldLike(type, 0, children[0]), static_cast<const arrow::FixedSizeListType&>(type).list_size());
    case arrow::Type::STRUCT: {
        arrow::FieldVector fields;
        for (int i = 0; i < type.num_fields(); ++i)
            fields.push_back(fieldLike(type, i, children[static_cast<std::size_t>(i)]));
        return arrow::struct_(fields);
    }
    default: return nullptr;
    }
}

// The same memory with its texts called bytes, so that everything but their letters is checked; null: not known here.
Data asBytes(const arrow::ArrayData& data)
{
    Data copy = data.Copy();
    switch (data.type->id()) {
    case arrow::Type::STRING: copy->type = arrow::binary(); return copy;
    case arrow::Type::LARGE_STRING: copy->type = arrow::large_binary(); return copy;
    case arrow::Type::STRING_VIEW: copy->type = arrow::binary_view(); return copy;
    case arrow::Type::DICTIONARY: {
        const auto& coded = static_cast<const arrow::DictionaryType&>(*data.type);
        copy->dictionary = data.dictionary ? asBytes(*data.dictionary) : nullptr;
        if (!copy->dictionary)
            return nullptr;
        copy->type = arrow::dictionary(coded.index_type(), copy->dictionary->type, coded.ordered());
        return copy;
    }
    default: break;
    }
    for (Data& child : copy->child_data)
        if (child = asBytes(*child); !child)
            return nullptr;
    if (!copy->child_data.empty())
        copy->type = nested(*data.type, copy->child_data);
    return copy->type ? copy : nullptr;
}

}  // namespace

// Arrow stops at the first thing that is wrong: behind a text that isn't UTF-8 there may be offsets that lead anywhere.
arrow::Status validated(const arrow::RecordBatch& batch)
{
    ARROW_RETURN_NOT_OK(batch.Validate());
    for (const auto& column : batch.columns()) {
        const arrow::Status full = column->ValidateFull();
        if (full.ok())
            continue;
        const Data bytes = asBytes(*column->data());
        if (!bytes)
            return full;
        ARROW_RETURN_NOT_OK(arrow::MakeArray(bytes)->ValidateFull());
    }
    return arrow::Status::OK();
}

}  // namespace taskfold::data
