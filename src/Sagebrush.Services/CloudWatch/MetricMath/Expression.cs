namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>A metric math expression, taken apart.</summary>
internal abstract record Expression
{
    /// <summary>This expression and all inside it.</summary>
    public virtual IEnumerable<Expression> All() => [this];

    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Expression;

    /// <summary>A text in quotes.</summary>
    public sealed record Text(string Value) : Expression;

    /// <summary>The id of another query, or a word that a function knows, such as <c>REPEAT</c>.</summary>
    public sealed record Name(string Value) : Expression;

    /// <summary>A minus before an expression.</summary>
    public sealed record Negative(Expression Inner) : Expression
    {
        public override IEnumerable<Expression> All() => [this, .. Inner.All()];
    }

    /// <summary>Two expressions and what is between them.</summary>
    public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression
    {
        public override IEnumerable<Expression> All() => [this, .. Left.All(), .. Right.All()];
    }

    /// <summary>A function and its arguments.</summary>
    public sealed record Call(string Function, IReadOnlyList<Expression> Arguments) : Expression
    {
        public override IEnumerable<Expression> All() => [this, .. Arguments.SelectMany(one => one.All())];
    }

    /// <summary>Several expressions in brackets.</summary>
    public sealed record Sequence(IReadOnlyList<Expression> Items) : Expression
    {
        public override IEnumerable<Expression> All() => [this, .. Items.SelectMany(one => one.All())];
    }
}
