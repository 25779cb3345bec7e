// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/filter_kernel.h"

#include "table/parallel.h"

#include <bit>
#include <cmath>
#include <optional>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace muster::table {

using filter::Node;
using filter::Op;

namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
}

/// One bit a value, 64 at a time.
template <typename T, typename Test>
void testAll(const T *data, const Words &valid, Words &out, const Test &test)
{
    for (std::size_t w = 0; w < chunkWords; ++w) {
        std::uint64_t word = 0;
        if (valid[w] != 0) {
            for (std::size_t i = 0; i < 64; ++i)
                word |= std::uint64_t{test(data[w * 64 + i])} << i;
        }
        out[w] = word & valid[w];
    }
}

class Constant final : public Kernel {
public:
    explicit Constant(bool value) : m_value(value) {}
    void pass(std::size_t, Words &out) const override { out.fill(m_value ? ~std::uint64_t{0} : 0); }
    bool passes(RowId) const override { return m_value; }

private:
    bool m_value;
};

class Combination final : public Kernel {
public:
    Combination(bool isAnd, std::vector<std::unique_ptr<Kernel>> children)
        : m_isAnd(isAnd),
          m_children(std::move(children))
    {
    }
    void pass(std::size_t chunk, Words &out) const override
    {
        m_children.front()->pass(chunk, out);
        Words other;
        for (std::size_t c = 1; c < m_children.size(); ++c) {
            const bool undecided = std::any_of(
                out.begin(), out.end(), [this](std::uint64_t w) { return m_isAnd ? w != 0 : ~w != 0; });
            if (!undecided)
                return;
            m_children[c]->pass(chunk, other);
            for (std::size_t w = 0; w < chunkWords; ++w)
                out[w] = m_isAnd ? out[w] & other[w] : out[w] | other[w];
        }
    }
    bool passes(RowId row) const override
    {
        const auto holds = [row](const auto &child) { return child->passes(row); };
        return m_isAnd ? std::all_of(m_children.begin(), m_children.end(), holds)
                       : std::any_of(m_children.begin(), m_children.end(), holds);
    }

private:
    bool m_isAnd;
    std::vector<std::unique_ptr<Kernel>> m_children;
};

class Negation final : public Kernel {
public:
    explicit Negation(std::unique_ptr<Kernel> child) : m_child(std::move(child)) {}
    void pass(std::size_t chunk, Words &out) const override
    {
        m_child->pass(chunk, out);
        for (std::uint64_t &word : out)
            word = ~word;
    }
    bool passes(RowId row) const override { return !m_child->passes(row); }

private:
    std::unique_ptr<Kernel> m_child;
};

/// What one comparison or test says of a value, by the language's own evaluator.
class Term {
public:
    explicit Term(const Node &node) : m_expression(std::make_shared<Node>(node)) {}
    bool holds(const ValueView &value) const
    {
        return m_expression.matches([&value](std::string_view) { return value; });
    }

private:
    filter::Expression m_expression;
};

/// A term on a column. `m_absent` is what it says of a row without a value.
class ColumnKernel : public Kernel {
public:
    ColumnKernel(const Column &column, const Node &node)
        : m_column(column),
          m_term(node),
          m_absent(m_term.holds({}))
    {
    }
    bool passes(RowId row) const override { return m_term.holds(m_column.cell(row)); }

protected:
    /// False when the chunk has no values, and out is complete.
    bool begin(std::size_t index, Words &out) const
    {
        if (m_column.chunk(index))
            return true;
        out.fill(m_absent ? ~std::uint64_t{0} : 0);
        return false;
    }
    void end(const Chunk &chunk, Words &out) const
    {
        if (!m_absent)
            return;
        for (std::size_t w = 0; w < chunkWords; ++w)
            out[w] |= ~chunk.valid[w];
    }

    const Column &m_column;
    Term m_term;
    bool m_absent;
};

/// Any term on any column, cell by cell.
class SlowKernel final : public ColumnKernel {
public:
    using ColumnKernel::ColumnKernel;
    void pass(std::size_t index, Words &out) const override
    {
        if (!begin(index, out))
            return;
        const Chunk &chunk = *m_column.chunk(index);
        out.fill(0);
        const auto first = static_cast<RowId>(index << chunkBits);
        for (std::size_t w = 0; w < chunkWords; ++w) {
            for (std::uint64_t left = chunk.valid[w]; left != 0; left &= left - 1) {
                const auto i = static_cast<unsigned>(std::countr_zero(left));
                const auto row = static_cast<RowId>(first + w * 64 + i);
                out[w] |= std::uint64_t{m_term.holds(m_column.cell(row))} << i;
            }
        }
        end(chunk, out);
    }
};

template <typename T>
class NumberKernel final : public ColumnKernel {
public:
    NumberKernel(const Column &column, const Node &node, Op op, T literal)
        : ColumnKernel(column, node),
          m_op(op),
          m_literal(literal)
    {
    }
    void pass(std::size_t index, Words &out) const override
    {
        if (!begin(index, out))
            return;
        const Chunk &chunk = *m_column.chunk(index);
        const T *data = chunk.data<T>();
        const T literal = m_literal;
        switch (m_op) {
        case Op::Equal:
            testAll(data, chunk.valid, out, [literal](T v) { return v == literal; });
            break;
        case Op::NotEqual:
            testAll(data, chunk.valid, out, [literal](T v) { return v != literal; });
            break;
        case Op::Less:
            testAll(data, chunk.valid, out, [literal](T v) { return v < literal; });
            break;
        case Op::LessEqual:
            testAll(data, chunk.valid, out, [literal](T v) { return v <= literal; });
            break;
        case Op::Greater:
            testAll(data, chunk.valid, out, [literal](T v) { return v > literal; });
            break;
        case Op::GreaterEqual:
            testAll(data, chunk.valid, out, [literal](T v) { return v >= literal; });
            break;
        }
        end(chunk, out);
    }

private:
    Op m_op;
    T m_literal;
};

class PresentKernel final : public ColumnKernel {
public:
    using ColumnKernel::ColumnKernel;
    void pass(std::size_t index, Words &out) const override
    {
        if (begin(index, out))
            out = m_column.chunk(index)->valid;
    }
};

class BoolKernel final : public ColumnKernel {
public:
    BoolKernel(const Column &column, const Node &node)
        : ColumnKernel(column, node),
          m_true(m_term.holds(true)),
          m_false(m_term.holds(false))
    {
    }
    void pass(std::size_t index, Words &out) const override
    {
        if (!begin(index, out))
            return;
        const Chunk &chunk = *m_column.chunk(index);
        const auto *data = chunk.data<std::uint64_t>();
        for (std::size_t w = 0; w < chunkWords; ++w) {
            const std::uint64_t yes = m_true ? data[w] : 0;
            const std::uint64_t no = m_false ? ~data[w] : 0;
            out[w] = (yes | no) & chunk.valid[w];
        }
        end(chunk, out);
    }

private:
    bool m_true, m_false;
};

/// A test of texts: prepared for contains and plain equality, which have to be quick over many distinct
/// texts.
class TextTest {
public:
    explicit TextTest(const Node &node, const Term &term) : m_term(term)
    {
        if (node.kind == Node::Kind::Contains) {
            m_finder.emplace(toText(view(node.literals.front().value)));
        } else if (node.kind == Node::Kind::Compare && (node.op == Op::Equal || node.op == Op::NotEqual)) {
            if (const auto *text = std::get_if<std::string>(&node.literals.front().value)) {
                m_equal = *text;
                m_negated = node.op == Op::NotEqual;
            }
        }
    }
    bool holds(StoredText stored) const
    {
        if (m_finder)
            return m_finder->isIn(stored);
        if (m_equal)
            return (textOf(stored) == *m_equal) != m_negated;
        return m_term.holds(textOf(stored));
    }

private:
    const Term &m_term;
    std::optional<TextFinder> m_finder;
    std::optional<std::string> m_equal;
    bool m_negated = false;
};

/// Asks once a distinct text, then looks the answer up by code.
class TextKernel final : public ColumnKernel {
public:
    TextKernel(const Column &column, const Node &node, Extent extent, const CancelFlag *cancel)
        : ColumnKernel(column, node)
    {
        if (extent == Extent::FewRows)
            return;
        m_answers.resize(m_column.codeLimit);
        const TextTest test(node, m_term);
        const std::size_t parts = workerCount(m_column.codeLimit / 2);
        inParallel(parts, [&](std::size_t part) {
            const auto end = static_cast<std::uint32_t>(partBegin(m_column.codeLimit, part + 1, parts));
            constexpr std::uint32_t checkEvery = 4096;
            for (auto code = static_cast<std::uint32_t>(partBegin(m_column.codeLimit, part, parts));
                 code < end; ++code) {
                if (code % checkEvery == 0 && isCancelled(cancel))
                    return;
                m_answers[code] = code != Dictionary::absent && test.holds(m_column.dictionary->stored(code));
            }
        });
    }
    void pass(std::size_t index, Words &out) const override
    {
        if (!begin(index, out))
            return;
        const Chunk &chunk = *m_column.chunk(index);
        const std::uint8_t *answers = m_answers.data();
        testAll(chunk.data<std::uint32_t>(), chunk.valid, out,
                [answers](std::uint32_t code) { return answers[code] != 0; });
        end(chunk, out);
    }

private:
    std::vector<std::uint8_t> m_answers;
};

class KeyKernel final : public ColumnKernel {
public:
    KeyKernel(const Column &column, const Node &node) : ColumnKernel(column, node), m_test(node, m_term) {}
    void pass(std::size_t index, Words &out) const override
    {
        if (!begin(index, out))
            return;
        const Chunk &chunk = *m_column.chunk(index);
        const auto *texts = chunk.data<StoredText>();
        for (std::size_t w = 0; w < chunkWords; ++w) {
            std::uint64_t word = 0;
            for (std::uint64_t left = chunk.valid[w]; left != 0; left &= left - 1) {
                const auto i = static_cast<unsigned>(std::countr_zero(left));
                word |= std::uint64_t{m_test.holds(texts[w * 64 + i])} << i;
            }
            out[w] = word;
        }
        end(chunk, out);
    }

private:
    TextTest m_test;
};

/// Integers against a number that may have a fraction, in terms of integers; nothing when that cannot be.
struct IntegerTest {
    Op op;
    std::int64_t literal;
};

std::optional<IntegerTest> integerTest(Op op, const Value &literal)
{
    if (const auto *integer = std::get_if<std::int64_t>(&literal))
        return IntegerTest{op, *integer};
    const auto *number = std::get_if<double>(&literal);
    if (!number || !(std::abs(*number) < 0x1p62))
        return {};
    const double below = std::floor(*number);
    const auto whole = static_cast<std::int64_t>(below);
    if (below == *number)
        return IntegerTest{op, whole};
    switch (op) {
    case Op::Less:
    case Op::LessEqual:
        return IntegerTest{Op::LessEqual, whole};
    case Op::Greater:
    case Op::GreaterEqual:
        return IntegerTest{Op::Greater, whole};
    case Op::Equal:
    case Op::NotEqual:
        break;
    }
    return {};
}

std::optional<double> doubleLiteral(const Value &literal)
{
    constexpr std::int64_t largestExact = std::int64_t{1} << 53;
    if (const auto *number = std::get_if<double>(&literal))
        return *number;
    const auto *integer = std::get_if<std::int64_t>(&literal);
    if (integer && *integer >= -largestExact && *integer <= largestExact)
        return static_cast<double>(*integer);
    return {};
}

std::optional<std::int64_t> timeLiteral(const Value &literal)
{
    if (const auto *time = std::get_if<UtcTime>(&literal))
        return time->micros;
    if (const auto *text = std::get_if<std::string>(&literal)) {
        if (const auto time = UtcTime::parse(*text))
            return time->micros;
    }
    return {};
}

std::unique_ptr<Kernel> compileComparison(const Column &column, const Node &node)
{
    const Value &literal = node.literals.front().value;
    if (column.type == Type::Int) {
        if (const auto test = integerTest(node.op, literal))
            return std::make_unique<NumberKernel<std::int64_t>>(column, node, test->op, test->literal);
    } else if (column.type == Type::Double) {
        if (const auto number = doubleLiteral(literal))
            return std::make_unique<NumberKernel<double>>(column, node, node.op, *number);
    } else if (column.type == Type::Time) {
        if (const auto micros = timeLiteral(literal))
            return std::make_unique<NumberKernel<std::int64_t>>(column, node, node.op, *micros);
    }
    return std::make_unique<SlowKernel>(column, node);
}

std::unique_ptr<Kernel> compileTerm(const Snapshot &snapshot, const Node &node, Extent extent,
                                    const CancelFlag *cancel)
{
    const Column *column = snapshot.column(node.field);
    if (!column || (column->type == Type::Empty && !column->isKey))
        return std::make_unique<Constant>(Term(node).holds({}));
    if (node.kind == Node::Kind::Has)
        return std::make_unique<PresentKernel>(*column, node);
    if (column->isKey)
        return std::make_unique<KeyKernel>(*column, node);
    if (isTextual(column->type))
        return std::make_unique<TextKernel>(*column, node, extent, cancel);
    if (column->type == Type::Bool)
        return std::make_unique<BoolKernel>(*column, node);
    if (node.kind == Node::Kind::Compare)
        return compileComparison(*column, node);
    if (node.kind == Node::Kind::In && !node.literals.empty()) {
        std::vector<std::unique_ptr<Kernel>> any;
        for (const filter::Literal &literal : node.literals) {
            Node equal = node;
            equal.kind = Node::Kind::Compare;
            equal.op = Op::Equal;
            equal.literals = {literal};
            any.push_back(compileComparison(*column, equal));
        }
        return std::make_unique<Combination>(false, std::move(any));
    }
    return std::make_unique<SlowKernel>(*column, node);
}

std::unique_ptr<Kernel> compile(const Snapshot &snapshot, const Node &node, Extent extent,
                                const CancelFlag *cancel)
{
    switch (node.kind) {
    case Node::Kind::And:
    case Node::Kind::Or: {
        std::vector<std::unique_ptr<Kernel>> children;
        for (const auto &child : node.children)
            children.push_back(compile(snapshot, *child, extent, cancel));
        if (children.empty())
            return std::make_unique<Constant>(node.kind == Node::Kind::And);
        return std::make_unique<Combination>(node.kind == Node::Kind::And, std::move(children));
    }
    case Node::Kind::Not:
        return std::make_unique<Negation>(compile(snapshot, *node.children.front(), extent, cancel));
    case Node::Kind::Compare:
    case Node::Kind::In:
    case Node::Kind::Matches:
    case Node::Kind::Contains:
    case Node::Kind::Has:
        break;
    }
    return compileTerm(snapshot, node, extent, cancel);
}

/// Whether a value of this type could have the text in it: spares writing out a million numbers.
bool canContain(Type type, std::string_view text)
{
    std::string_view letters;
    switch (type) {
    case Type::Empty:
        return false;
    case Type::Bool:
        letters = "TRUEFALSEtruefalse";
        break;
    case Type::Int:
        letters = "-0123456789";
        break;
    case Type::Double:
        letters = "-+.0123456789eEinfaINFA";
        break;
    case Type::Time:
        letters = "-:.0123456789TZtz";
        break;
    case Type::Version:
    case Type::Text:
        return true;
    }
    return text.find_first_not_of(letters) == std::string_view::npos;
}

} // namespace

TextFinder::TextFinder(std::string_view part) : m_lower(part)
{
    for (char &c : m_lower)
        c = lower(c);
    if (m_lower.empty())
        return;
    m_first[0] = m_lower.front();
    m_first[1] = upper(m_lower.front());
    m_last[0] = m_lower.back();
    m_last[1] = upper(m_lower.back());
}

bool TextFinder::isAt(const char *place) const
{
    for (std::size_t i = 1; i + 1 < m_lower.size(); ++i) {
        if (lower(place[i]) != m_lower[i])
            return false;
    }
    return true;
}

bool TextFinder::isIn(StoredText stored) const
{
    const std::string_view text = textOf(stored);
    if (m_lower.empty())
        return true;
    if (text.size() < m_lower.size())
        return false;
    const std::size_t places = text.size() - m_lower.size() + 1;
#ifdef __SSE2__
    const __m128i first0 = _mm_set1_epi8(m_first[0]);
    const __m128i first1 = _mm_set1_epi8(m_first[1]);
    const __m128i last0 = _mm_set1_epi8(m_last[0]);
    const __m128i last1 = _mm_set1_epi8(m_last[1]);
    const auto load = [](const char *place) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i *>(place));
    };
    for (std::size_t i = 0; i < places; i += 16) {
        const __m128i head = load(text.data() + i);
        const __m128i tail = load(text.data() + i + m_lower.size() - 1);
        const __m128i heads = _mm_or_si128(_mm_cmpeq_epi8(head, first0), _mm_cmpeq_epi8(head, first1));
        const __m128i tails = _mm_or_si128(_mm_cmpeq_epi8(tail, last0), _mm_cmpeq_epi8(tail, last1));
        auto candidates = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(heads, tails)));
        if (places - i < 16)
            candidates &= (1U << (places - i)) - 1;
        for (; candidates != 0; candidates &= candidates - 1) {
            if (isAt(text.data() + i + static_cast<unsigned>(std::countr_zero(candidates))))
                return true;
        }
    }
#else
    for (std::size_t i = 0; i < places; ++i) {
        const char head = text[i];
        const char tail = text[i + m_lower.size() - 1];
        if ((head == m_first[0] || head == m_first[1]) && (tail == m_last[0] || tail == m_last[1]) &&
            isAt(text.data() + i))
            return true;
    }
#endif
    return false;
}

namespace {

class OnlyRows : public Kernel {
public:
    explicit OnlyRows(std::shared_ptr<const std::vector<std::uint64_t>> bits) : m_bits(std::move(bits)) {}
    void pass(std::size_t chunk, Words &out) const override
    {
        for (std::size_t i = 0; i < chunkWords; ++i) {
            const std::size_t word = chunk * chunkWords + i;
            out[i] = word < m_bits->size() ? (*m_bits)[word] : 0;
        }
    }
    bool passes(RowId row) const override
    {
        return row / 64 < m_bits->size() && (((*m_bits)[row / 64] >> (row % 64)) & 1) != 0;
    }

private:
    std::shared_ptr<const std::vector<std::uint64_t>> m_bits;
};

} // namespace

std::unique_ptr<Kernel> compileFilter(const Snapshot &snapshot, const ViewSpec &spec, Extent extent,
                                      const CancelFlag *cancel)
{
    std::vector<std::unique_ptr<Kernel>> all;
    if (spec.only)
        all.push_back(std::make_unique<OnlyRows>(spec.only));
    if (!spec.filter.isEmpty())
        all.push_back(compile(snapshot, *spec.filter.root(), extent, cancel));
    if (!spec.quickText.empty()) {
        std::vector<std::unique_ptr<Kernel>> any;
        for (const std::string &name : spec.quickColumns) {
            const Column *column = snapshot.column(name);
            if (!column || !canContain(column->type, spec.quickText))
                continue;
            Node node;
            node.kind = Node::Kind::Contains;
            node.field = name;
            node.literals.push_back({spec.quickText, {}});
            any.push_back(compileTerm(snapshot, node, extent, cancel));
        }
        if (any.empty())
            any.push_back(std::make_unique<Constant>(false));
        all.push_back(std::make_unique<Combination>(false, std::move(any)));
    }
    if (all.empty())
        return nullptr;
    if (all.size() == 1)
        return std::move(all.front());
    return std::make_unique<Combination>(true, std::move(all));
}

} // namespace muster::table
