namespace Sagebrush.Learning.Tables;

/// <summary>A table cannot be read: in which file, row and column or byte, and why.</summary>
public sealed class TableFormatException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public TableFormatException()
    {
    }

    /// <summary>Creates the exception with a message alone.</summary>
    public TableFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and the failure beneath it.</summary>
    public TableFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception for a place in a file.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="row">Line number, from 1.</param>
    /// <param name="column">Column, from 1; 0 when the row as a whole is wrong.</param>
    /// <param name="reason">What is wrong there.</param>
    public TableFormatException(string file, long row, int column, string reason)
        : base(column > 0 ? $"File '{file}', row {row}, column {column}: {reason}" : $"File '{file}', row {row}: {reason}")
    {
        File = file;
        Row = row;
        Column = column;
        Reason = reason;
    }

    private TableFormatException(string file, long offset, string reason)
        : base($"File '{file}', byte {offset}: {reason}")
    {
        File = file;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>Creates the exception for a place in a binary file.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="offset">Bytes before the place.</param>
    /// <param name="reason">What is wrong there.</param>
    public static TableFormatException AtOffset(string file, long offset, string reason) => new(file, offset, reason);

    /// <summary>Name of the file, empty when not known.</summary>
    public string File { get; } = "";

    /// <summary>Bytes before the place; null for text.</summary>
    public long? Offset { get; }

    /// <summary>Line number, from 1; 0 when not known.</summary>
    public long Row { get; }

    /// <summary>Column, from 1; 0 when the row as a whole is wrong.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; } = "";
}
