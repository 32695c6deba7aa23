using System.Buffers;
using System.Globalization;
using System.Text;

namespace AuraLogs.LoadTests.Sinking;

/// <summary>Builds the answer to one <c>_bulk</c> request, item by item, in the shape that was asked for.</summary>
internal sealed class BulkAnswer
{
    private readonly ArrayBufferWriter<byte> _items = new();
    private AnswerShape _shape;
    private bool _errors;
    private int _shown;

    public void Start(AnswerShape shape)
    {
        _shape = shape;
        _errors = false;
        _shown = 0;
        _items.ResetWrittenCount();
    }

    public void Item(ReadOnlySpan<byte> action, ReadOnlySpan<byte> id, int status)
    {
        var failed = status >= 400;
        _errors |= failed;
        if (_shape.Items == ItemFields.None || (_shape.Items == ItemFields.Error && !failed))
            return;

        _items.Write(_shown++ == 0 ? "{\""u8 : ",{\""u8);
        _items.Write(action);
        _items.Write("\":{"u8);
        if (_shape.Items.HasFlag(ItemFields.All))
        {
            _items.Write("\"_index\":\"aura-services-2026.11.22\",\"_type\":\"_doc\",\"_id\":\""u8);
            _items.Write(id);
            _items.Write("\","u8);
            if (!failed)
                _items.Write("\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":2,\"successful\":1,\"failed\":0},\"_seq_no\":1234567,\"_primary_term\":1,"u8);
        }

        var comma = false;
        if (_shape.Items != ItemFields.Error)
        {
            _items.Write("\"status\":"u8);
            Encoding.ASCII.GetBytes(status.ToString(CultureInfo.InvariantCulture), _items);
            comma = true;
        }

        if (failed && _shape.Items != ItemFields.Status)
        {
            _items.Write(comma ? ",\"error\":"u8 : "\"error\":"u8);
            _items.Write(status == 409
                ? "{\"type\":\"version_conflict_engine_exception\",\"reason\":\"document already exists\"}"u8
                : "{\"type\":\"es_rejected_execution_exception\",\"reason\":\"rejected execution of coordinating operation\"}"u8);
        }

        _items.Write("}}"u8);
    }

    public byte[] End()
    {
        var answer = new ArrayBufferWriter<byte>(_items.WrittenCount + 64);
        var separator = "{"u8;
        if (_shape.Took)
        {
            answer.Write("{\"took\":1"u8);
            separator = ","u8;
        }

        if (_shape.Errors)
        {
            answer.Write(separator);
            answer.Write(_errors ? "\"errors\":true"u8 : "\"errors\":false"u8);
            separator = ","u8;
        }

        if (_shown > 0)
        {
            answer.Write(separator);
            answer.Write("\"items\":["u8);
            answer.Write(_items.WrittenSpan);
            answer.Write("]"u8);
            separator = ","u8;
        }

        answer.Write(separator.SequenceEqual("{"u8) ? "{}"u8 : "}"u8);
        return answer.WrittenSpan.ToArray();
    }
}
