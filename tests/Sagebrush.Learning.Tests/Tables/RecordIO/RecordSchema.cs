using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Tables.RecordIO;

/// <summary>
/// SageMaker's published record message in Google's protobuf for Python, and the frame around it as the SDK's helpers write it: the judge
/// of what is read and written here.
/// </summary>
internal static class RecordSchema
{
    private const string Preamble = """
        import struct, sys
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
        F = descriptor_pb2.FieldDescriptorProto
        file = descriptor_pb2.FileDescriptorProto(name="record.proto", package="aialgs.data", syntax="proto2")
        def message(name, *fields):
            m = file.message_type.add(name=name)
            for number, field, type, label, packed, of in fields:
                f = m.field.add(name=field, number=number, type=type, label=label)
                if packed: f.options.packed = True
                if of: f.type_name = of
            return m
        R, O, PACKED = F.LABEL_REPEATED, F.LABEL_OPTIONAL, sys.argv[-1] != "unpacked"
        for name, type in ("Float32Tensor", F.TYPE_FLOAT), ("Float64Tensor", F.TYPE_DOUBLE), ("Int32Tensor", F.TYPE_INT32):
            message(name, (1, "values", type, R, PACKED, None), (2, "keys", F.TYPE_UINT64, R, PACKED, None), (3, "shape", F.TYPE_UINT64, R, PACKED, None))
        message("Bytes", (1, "value", F.TYPE_BYTES, R, False, None), (2, "content_type", F.TYPE_STRING, O, False, None))
        value = message("Value",
            (2, "float32_tensor", F.TYPE_MESSAGE, O, False, ".aialgs.data.Float32Tensor"), (3, "float64_tensor", F.TYPE_MESSAGE, O, False, ".aialgs.data.Float64Tensor"),
            (7, "int32_tensor", F.TYPE_MESSAGE, O, False, ".aialgs.data.Int32Tensor"), (9, "bytes", F.TYPE_MESSAGE, O, False, ".aialgs.data.Bytes"))
        value.oneof_decl.add(name="value")
        for f in value.field: f.oneof_index = 0
        record = message("Record",
            (1, "features", F.TYPE_MESSAGE, R, False, ".aialgs.data.Record.FeaturesEntry"), (2, "label", F.TYPE_MESSAGE, R, False, ".aialgs.data.Record.LabelEntry"),
            (3, "uid", F.TYPE_STRING, O, False, None), (4, "metadata", F.TYPE_STRING, O, False, None), (5, "configuration", F.TYPE_STRING, O, False, None))
        for name in "FeaturesEntry", "LabelEntry":
            entry = record.nested_type.add(name=name)
            entry.options.map_entry = True
            entry.field.add(name="key", number=1, type=F.TYPE_STRING, label=O)
            entry.field.add(name="value", number=2, type=F.TYPE_MESSAGE, label=O, type_name=".aialgs.data.Value")
        pool = descriptor_pool.DescriptorPool()
        pool.Add(file)
        Record = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("aialgs.data.Record"))
        def frame(data): return struct.pack("II", 0xCED7230A, len(data)) + data + bytes(-len(data) % 4)
        def records(path):
            data, at = open(path, "rb").read(), 0
            while at < len(data):
                magic, length = struct.unpack_from("II", data, at)
                assert magic == 0xCED7230A
                r = Record(); r.ParseFromString(data[at + 8:at + 8 + length])
                at += 8 + length + (-length % 4)
                yield r

        """;

    private static readonly Lazy<bool> IsThere = new(() => PythonProgram.Has("google.protobuf"));

    /// <summary>Runs a program that has <c>Record</c>, <c>frame(bytes)</c> and <c>records(path)</c>.</summary>
    public static string Run(string program, params string[] arguments)
    {
        Assert.SkipUnless(IsThere.Value, "Python with protobuf (python3-protobuf) is not installed.");
        var (exitCode, output, error) = PythonProgram.Run(Preamble + program, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
