using Sagebrush.Contracts.Generator;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Sagebrush.Contracts.Generator OUTPUT-FOLDER MODEL.json…");
    return 2;
}

Directory.CreateDirectory(args[0]);
foreach (var path in args.AsSpan(1))
{
    var model = ApiModel.Load(path);
    ServiceEmitter.Emit(model, args[0]);
}

return 0;
