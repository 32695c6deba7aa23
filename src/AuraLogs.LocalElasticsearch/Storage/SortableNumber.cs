namespace AuraLogs.LocalElasticsearch.Storage;

/// <summary>Doubles as integers of the same order, so that a column holds one kind of number.</summary>
internal static class SortableNumber
{
    public static long FromDouble(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    public static double ToDouble(long sortable) => BitConverter.Int64BitsToDouble(sortable ^ ((sortable >> 63) & long.MaxValue));
}
