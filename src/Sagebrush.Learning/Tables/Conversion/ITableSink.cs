namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>A file that rows go into.</summary>
internal interface ITableSink : IDisposable
{
    /// <summary>Writes a row.</summary>
    void Write(TableRow row);

    /// <summary>Completes the file; without it what was written is no table.</summary>
    void Finish();
}
