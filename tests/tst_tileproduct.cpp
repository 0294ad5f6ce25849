#include "engine/core/processor.h"
#include "engine/core/random.h"
#include "engine/model/tileproduct.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

using namespace taskfold;
using model::kernels::Bf16;
namespace tiles = model::tiles;

namespace {

float real(Bf16 x)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

float real(float x)
{
    return x;
}

template <typename T>
T rounded(float x)
{
    if constexpr (std::is_same_v<T, float>) {
        return x;
    } else {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &x, sizeof bits);
        return {static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16)};
    }
}

// How far a number may be off by being rounded.
template <typename T>
constexpr double kRounding = std::is_same_v<T, float> ? 1.2e-7 : 1.0 / 256;

// Rows of memory with something else after each: it must be neither read nor written.
template <typename T>
struct Matrix {
    std::int64_t rows, columns, stride;
    std::vector<T> data;

    Matrix(std::int64_t r, std::int64_t c, std::int64_t rest)
        : rows(r), columns(c), stride(c + rest), data(static_cast<std::size_t>(r * stride), rounded<T>(std::numeric_limits<float>::quiet_NaN()))
    {
    }
    Matrix(std::int64_t r, std::int64_t c, std::int64_t rest, Random& random)
        : Matrix(r, c, rest)
    {
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
                at(i, j) = rounded<T>(static_cast<float>(random.uniform() * 2 - 1));
    }
    T& at(std::int64_t i, std::int64_t j) { return data[static_cast<std::size_t>(i * stride + j)]; }
    double value(std::int64_t i, std::int64_t j) const { return static_cast<double>(real(data[static_cast<std::size_t>(i * stride + j)])); }
    tiles::Rows<const T> in() const { return {data.data(), stride}; }
    tiles::Rows<T> out() { return {data.data(), stride}; }
    Matrix transposed(std::int64_t rest) const
    {
        Matrix made(columns, rows, rest);
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
                made.at(j, i) = data[static_cast<std::size_t>(i * stride + j)];
        return made;
    }
    bool restIsUntouched() const
    {
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = columns; j < stride; ++j)
                if (!std::isnan(real(data[static_cast<std::size_t>(i * stride + j)])))
                    return false;
        return true;
    }
};

template <typename T>
std::vector<T> packed(const tiles::Left<T>& left)
{
    // What isn't written must not matter.
    std::vector<T> made(
        static_cast<std::size_t>(tiles::padded(left.rows) * tiles::padded(left.inner)), rounded<T>(std::numeric_limits<float>::quiet_NaN()));
    for (std::int64_t row = 0; row < left.rows; row += 2 * tiles::kStep)
        tiles::pack(made.data(), left, row, std::min(left.rows, row + 2 * tiles::kStep));
    return made;
}

// The largest error of scale times left times right (plus `before`), in roundings of a result and of sums of fp32.
template <typename T>
double worst(const Matrix<T>& left, const Matrix<T>& right, const Matrix<T>& result, double before, double scale)
{
    double most = 0;
    for (std::int64_t i = 0; i < left.rows; ++i) {
        for (std::int64_t j = 0; j < right.columns; ++j) {
            double sum = before, size = std::abs(before);
            for (std::int64_t k = 0; k < left.columns; ++k) {
                const double product = scale * left.value(i, k) * right.value(k, j);
                sum += product;
                size += std::abs(product);
            }
            const double error = std::abs(result.value(i, j) - sum) / (std::abs(sum) * kRounding<T> + size * 1e-6);
            most = std::isfinite(error) ? std::max(most, error) : std::numeric_limits<double>::infinity();
        }
    }
    return most;
}

}  // namespace

class TestTileProduct : public QObject {
    Q_OBJECT

private slots:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("single");
        QTest::addColumn<bool>("byTiles");
        QTest::newRow("fp32") << true << false;
        QTest::newRow("bf16 by vectors") << false << false;
        QTest::newRow("bf16 by tiles") << false << true;
    }
    void initTestCase()
    {
        if (!multipliesPairs())
            QSKIP("This processor doesn't multiply bf16 (AVX-512's BF16).");
    }
    void init()
    {
        if (unit() == tiles::Unit::Tiles && !multipliesTiles())
            QSKIP("This processor doesn't multiply tiles (AMX), or the system doesn't let it.");
    }

    void aProductIsWhatItsSumsAre_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("inner");
        QTest::addColumn<int>("columns");
        for (const int rows : {1, 15, 16, 17, 32, 33, 70})
            for (const int inner : {1, 16, 32, 77, 768, 800, 1567})
                QTest::addRow("%d rows, sums of %d", rows, inner) << rows << inner << 64;
        for (const int columns : {1, 15, 16, 33, 48, 97})
            QTest::addRow("%d columns", columns) << 40 << 100 << columns;
        QTest::addRow("more rows than stay in a cache") << 1030 << 64 << 32;
        QTest::addRow("more sums than stay in a cache") << 520 << 800 << 320;
        QTest::addRow("more of the right matrix than is kept") << 530 << 1567 << 301;
        QTest::addRow("nothing of the right matrix is kept") << 513 << 12400 << 33;
    }
    void aProductIsWhatItsSumsAre()
    {
        QFETCH_GLOBAL(bool, single);
        single ? product<float>() : product<Bf16>();
    }

    void aSumOverRowsTakesAnyNumberOfThem_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("outputs");
        for (const int rows : {1, 2, 31, 32, 33, 500, 769, 1500})
            QTest::addRow("%d", rows) << rows << 96;
        for (const int outputs : {1, 16, 31, 48, 97})
            QTest::addRow("to %d outputs", outputs) << 70 << outputs;
    }
    void aSumOverRowsTakesAnyNumberOfThem()
    {
        QFETCH_GLOBAL(bool, single);
        single ? sumOverRows<float>() : sumOverRows<Bf16>();
    }

    // Each rounding of one long sum would be as large as its end allows.
    void aLongSumKeepsItsDigits()
    {
        QFETCH_GLOBAL(bool, single);
        if (!single)
            QSKIP("A result of bf16 has too few digits to see it.");
        Random random(8);
        Matrix<float> left(40, 384, 0, random), right(384, 48, 0, random);
        for (float& x : left.data)
            x = std::abs(x);
        for (float& x : right.data)
            x = std::abs(x);
        const tiles::Left<float> packing{left.in(), false, 40, 384};
        const std::vector<float> ready = packed(packing);
        Matrix<float> result(40, 48, 0);
        tiles::times<float>(result.out(), ready.data(), packing, right.in(), false, {0, 40}, {0, 48}, unit(), false);
        double most = 0;
        for (std::int64_t i = 0; i < 40; ++i)
            for (std::int64_t j = 0; j < 48; ++j) {
                double sum = 0;
                for (std::int64_t k = 0; k < 384; ++k)
                    sum += left.value(i, k) * right.value(k, j);
                most = std::max(most, std::abs(result.value(i, j) - sum) / sum);
            }
        QVERIFY2(most < 6e-7, std::to_string(most * 1e6).c_str());
    }

    void theBitsAreTheSameHoweverItIsDivided()
    {
        QFETCH_GLOBAL(bool, single);
        single ? division<float>() : division<Bf16>();
    }

    void whatIsntANumberStaysInItsRow()
    {
        QFETCH_GLOBAL(bool, single);
        single ? notANumber<float>() : notANumber<Bf16>();
    }

private:
    template <typename T>
    void product()
    {
        QFETCH(int, rows);
        QFETCH(int, inner);
        QFETCH(int, columns);
        Random random(static_cast<std::uint64_t>(rows * 31 + inner));
        const Matrix<T> left(rows, inner, 5, random), right(inner, columns, 3, random), weights = right.transposed(7);
        const tiles::Left<T> packing{left.in(), false, rows, inner};
        const std::vector<T> ready = packed(packing);
        for (const bool turned : {false, true}) {
            Matrix<T> result(rows, columns, 2);
            tiles::times<T>(result.out(), ready.data(), packing, turned ? weights.in() : right.in(), turned, {0, rows}, {0, columns}, unit(), false);
            const double error = worst(left, right, result, 0, 1);
            QVERIFY2(error < 1, std::to_string(error).c_str());
            QVERIFY(result.restIsUntouched());
        }
    }

    template <typename T>
    void sumOverRows()
    {
        QFETCH(int, rows);
        QFETCH(int, outputs);
        Random random(static_cast<std::uint64_t>(rows));
        const Matrix<T> left(rows, outputs, 4, random), right(rows, 64, 1, random), turned = left.transposed(0);
        const tiles::Left<T> packing{left.in(), true, outputs, rows};
        const std::vector<T> ready = packed(packing);
        Matrix<T> result(outputs, 64, 3);
        tiles::times<T>(result.out(), ready.data(), packing, right.in(), false, {0, outputs}, {0, 64}, unit(), false);
        QVERIFY(worst(turned, right, result, 0, 1) < 1);
        for (std::int64_t i = 0; i < outputs; ++i)
            for (std::int64_t j = 0; j < 64; ++j)
                result.at(i, j) = rounded<T>(3);
        tiles::times<T>(result.out(), ready.data(), packing, right.in(), false, {0, outputs}, {0, 64}, unit(), true, 0.5F);
        QVERIFY(worst(turned, right, result, 3, 0.5) < 1);
        QVERIFY(result.restIsUntouched());
    }

    template <typename T>
    void division()
    {
        Random random(5);
        const Matrix<T> left(600, 800, 0, random), right(800, 128, 0, random);
        const tiles::Left<T> packing{left.in(), false, 600, 800};
        const std::vector<T> ready = packed(packing);
        Matrix<T> whole(600, 128, 0), parts(600, 128, 0);
        tiles::times<T>(whole.out(), ready.data(), packing, right.in(), false, {0, 600}, {0, 128}, unit(), false);
        for (const tiles::Range rows : {tiles::Range{0, 64}, {64, 320}, {320, 600}})
            for (const tiles::Range columns : {tiles::Range{0, 96}, {96, 128}})
                tiles::times<T>(parts.out(), ready.data(), packing, right.in(), false, rows, columns, unit(), false);
        QVERIFY(std::memcmp(whole.data.data(), parts.data.data(), whole.data.size() * sizeof(T)) == 0);
    }

    template <typename T>
    void notANumber()
    {
        Random random(6);
        Matrix<T> left(40, 64, 0, random);
        const Matrix<T> right(64, 32, 0, random);
        left.at(33, 7) = rounded<T>(std::numeric_limits<float>::infinity());
        left.at(34, 0) = rounded<T>(std::numeric_limits<float>::quiet_NaN());
        const tiles::Left<T> packing{left.in(), false, 40, 64};
        const std::vector<T> ready = packed(packing);
        Matrix<T> result(40, 32, 0);
        tiles::times<T>(result.out(), ready.data(), packing, right.in(), false, {0, 40}, {0, 32}, unit(), false);
        for (std::int64_t i = 0; i < 40; ++i)
            QCOMPARE(std::isfinite(result.value(i, 4)), i != 33 && i != 34);
        QVERIFY(std::isnan(result.value(34, 4)));
    }

    static tiles::Unit unit()
    {
        QFETCH_GLOBAL(bool, byTiles);
        return byTiles ? tiles::Unit::Tiles : tiles::Unit::Vectors;
    }
};

QTEST_APPLESS_MAIN(TestTileProduct)
#include "tst_tileproduct.moc"
