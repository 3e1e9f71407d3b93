using System.Buffers;
using System.Text;
using Sagebrush.Serving.Onnx;
using Sagebrush.Serving.Tensors;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Onnx;

/// <summary>Models made by the <c>onnx</c> package, in a folder of their own.</summary>
public sealed class OnnxModels : IDisposable
{
    /// <summary>
    /// <c>affine</c>: y = x·W + b for rows of three; <c>two</c>: sum and product of the columns a (FP32) and b (INT64);
    /// <c>words</c>: the text it is given; <c>half</c>: twice an FP16; <c>fixed</c>: batches of two only; <c>trees</c>: a classifier as scikit-learn exports it.
    /// </summary>
    private const string Script = """
        import sys, onnx, numpy as np
        from onnx import helper as h, numpy_helper as nh, TensorProto as T
        folder = sys.argv[1]
        def save(name, nodes, inputs, outputs, constants=(), opset=13, extra=()):
            graph = h.make_graph(nodes, name, inputs, outputs, [nh.from_array(v, k) for k, v in constants])
            model = h.make_model(graph, opset_imports=[h.make_opsetid("", opset), *extra])
            onnx.checker.check_model(model)
            onnx.save(model, f"{folder}/{name}.onnx")
        info = h.make_tensor_value_info
        w, b = np.arange(6, dtype="f4").reshape(3, 2) / 4, np.array([1, -1], "f4")
        save("affine", [h.make_node("MatMul", ["x", "w"], ["m"]), h.make_node("Add", ["m", "b"], ["y"])],
             [info("x", T.FLOAT, ["n", 3])], [info("y", T.FLOAT, ["n", 2])], [("w", w), ("b", b)])
        save("two", [h.make_node("Cast", ["b"], ["bf"], to=T.FLOAT), h.make_node("Add", ["a", "bf"], ["sum"]), h.make_node("Mul", ["a", "bf"], ["product"])],
             [info("a", T.FLOAT, ["n", 1]), info("b", T.INT64, ["n", 1])], [info("sum", T.FLOAT, ["n", 1]), info("product", T.FLOAT, ["n", 1])])
        save("words", [h.make_node("Identity", ["w"], ["same"])], [info("w", T.STRING, ["n"])], [info("same", T.STRING, ["n"])])
        save("half", [h.make_node("Add", ["x", "x"], ["y"])], [info("x", T.FLOAT16, ["n"])], [info("y", T.FLOAT16, ["n"])])
        save("fixed", [h.make_node("Neg", ["x"], ["y"])], [info("x", T.FLOAT, [2, 2])], [info("y", T.FLOAT, [2, 2])])
        ml = h.make_opsetid("ai.onnx.ml", 1)
        trees = h.make_node("TreeEnsembleClassifier", ["x"], ["label", "scores"], domain="ai.onnx.ml",
            nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.5, 0.0, 0.0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
            nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0], class_treeids=[0] * 6, class_nodeids=[1, 1, 1, 2, 2, 2], class_ids=[0, 1, 2] * 2,
            class_weights=[0.75, 0.25, 0.0, 0.25, 0.75, 0.0], classlabels_int64s=[3, 7, 9], post_transform="NONE")
        zipped = h.make_node("ZipMap", ["scores"], ["probabilities"], domain="ai.onnx.ml", classlabels_int64s=[3, 7, 9])
        maps = onnx.ValueInfoProto(name="probabilities")
        maps.type.sequence_type.elem_type.map_type.key_type = T.INT64
        maps.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = T.FLOAT
        save("trees", [trees, zipped], [info("x", T.FLOAT, ["n", 2])], [info("label", T.INT64, ["n"]), maps], extra=[ml])
        """;

    private readonly TemporaryFolder _folder = new();

    public OnnxModels()
    {
        var (exitCode, _, error) = PythonProgram.Run(Script, _folder.Path);
        Assert.True(exitCode == 0, error);
    }

    public string Path(string name) => _folder[name + ".onnx"];

    public void Dispose() => _folder.Dispose();

    internal TensorModelServer Serve(string name) => new(OnnxModel.Load(new OnnxFile(name, "1", Path(name)), threads: 2));

    internal static async Task<(string Text, string ContentType)> AskAsync(TensorModelServer server, string body, string contentType = "application/json", string? accept = null)
    {
        var (bytes, type) = await AskAsync(server, Encoding.UTF8.GetBytes(body), contentType, accept);
        return (Encoding.UTF8.GetString(bytes), type);
    }

    internal static async Task<(byte[] Body, string ContentType)> AskAsync(TensorModelServer server, byte[] body, string contentType, string? accept = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = await server.InvokeAsync(new Invocation(new ReadOnlySequence<byte>(body), contentType, accept), output, TestContext.Current.CancellationToken);
        return (output.WrittenSpan.ToArray(), result.ContentType);
    }
}
