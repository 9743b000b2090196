namespace EcgGate.Validation;

/// <summary>The report's fixed parts: style, script, and what each figure means.</summary>
internal static class ReportText
{
    public const string Style = """
        :root{--ink:#1b2430;--soft:#5f6b7a;--line:#d9dee5;--tint:#f5f7f9;--good:#2e7d4f;--bad:#b3261e;--warn:#9a5b00;--blue:#1f5fa8}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1360px;padding:28px 32px 60px;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;color:var(--ink);background:#fff}
        h1{font-size:27px;margin:0 0 2px;letter-spacing:-.01em}
        h2{font-size:19px;margin:38px 0 4px;padding-top:14px;border-top:1px solid var(--line)}
        h3{font-size:15px;margin:26px 0 6px}
        p{margin:4px 0 10px;max-width:80ch}
        .soft,figcaption,td small{color:var(--soft)}
        a{color:var(--blue)}
        .verdict{margin:18px 0;padding:14px 18px;border-radius:8px;border-left:8px solid var(--soft);background:var(--tint);font-size:17px}
        .verdict b{font-size:20px}
        .verdict.good{border-color:var(--good)}.verdict.good b{color:var(--good)}
        .verdict.bad{border-color:var(--bad);background:#fdf3f2}.verdict.bad b{color:var(--bad)}
        .cards{display:grid;grid-template-columns:repeat(5,1fr);gap:12px;margin:16px 0}
        .cards div{border:1px solid var(--line);border-radius:8px;padding:10px 14px}
        .cards span{display:block;color:var(--soft);font-size:13px}
        .cards strong{display:block;font-size:25px;line-height:1.25;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
        .cards small{color:var(--soft);font-size:12.5px}
        .cards .alarm strong{color:var(--bad)}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13.5px;margin:8px 0}
        th,td{padding:3px 9px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        th{color:var(--soft);font-weight:600;vertical-align:bottom;background:#fff}
        th:first-child,td:first-child,.l{text-align:left}
        td.wide{white-space:normal;text-align:left;min-width:22ch}
        tfoot td,tr.sum td{font-weight:700;border-top:2px solid var(--soft)}
        td.x{color:#a3acb8}
        td.bad,b.bad{color:var(--bad);font-weight:700}
        td.good{color:var(--good);font-weight:700}
        td.warn{color:var(--warn);font-weight:600}
        .wrap{overflow-x:auto}
        #records th,#records td{padding:3px 6px;font-size:13px}
        #records thead th{position:sticky;top:0;cursor:pointer;user-select:none}
        #records thead th[aria-sort=ascending]::after{content:" ▲";font-size:9px}
        #records thead th[aria-sort=descending]::after{content:" ▼";font-size:9px}
        #records tbody tr:hover td{background:var(--tint)}
        #records th.b,#records td.b{border-left:1px solid var(--line)}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(520px,1fr));gap:6px 30px}
        .two>div{min-width:0}
        .flow{display:flex;flex-wrap:wrap;gap:0 44px}
        .flow>div{flex:0 1 auto;max-width:min(100%,700px)}
        .flow p{max-width:62ch}
        .half{max-width:680px}
        .chart{width:100%;height:auto;display:block}
        .strips{display:grid;grid-template-columns:repeat(auto-fill,minmax(560px,1fr));gap:16px 24px;margin:8px 0}
        figure{margin:0;break-inside:avoid}
        figure svg{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:4px;background:#fff}
        figcaption{font-size:13px;margin-bottom:3px}
        figcaption b{color:var(--ink)}
        svg .g{stroke:#f1e4e2;stroke-width:1;fill:none}
        svg .t{stroke:#1b2430;stroke-width:12;fill:none;stroke-linejoin:round}
        svg .w{fill:#2e7d4f;fill-opacity:.13}
        svg .vu{fill:#b3261e;fill-opacity:.13}
        svg .fl{fill:#7a3fa0;fill-opacity:.14}
        svg .sh{fill:#5f6b7a;fill-opacity:.2}
        svg .r{stroke:#2e7d4f;stroke-width:1.5}
        svg .d{fill:#1f5fa8}
        svg .d.n{fill:#fff;stroke:#1f5fa8;stroke-width:1.2}
        svg .p{stroke:#1f5fa8;stroke-width:1.6;stroke-dasharray:5 3}
        svg .p.b{stroke:#b3261e;stroke-width:2.4;stroke-dasharray:none}
        svg .c{fill:none;stroke:#b3261e;stroke-width:1.6}
        figure text{font-size:12px;text-anchor:middle;fill:#2e7d4f;font-weight:700}
        figure text.y{font-size:10px;fill:#1f5fa8;font-weight:400}
        figure text.s{font-size:10px;text-anchor:end;fill:#8a94a1;font-weight:400}
        .key{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin:6px 0 12px}
        .key svg{width:26px;height:16px;vertical-align:-3px;margin-right:5px}
        #filter{font:inherit;padding:3px 8px;border:1px solid var(--line);border-radius:5px;width:16ch}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:5px 18px;font-size:13.5px;max-width:110ch}
        dt{font-weight:600}dd{margin:0}
        .fail li{color:var(--bad)}
        @media (max-width:900px){.cards{grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}}
        @media (max-width:640px){body{padding:16px}.two,.strips{grid-template-columns:1fr}dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
        @media print{
        @page{size:A4;margin:12mm}
        body{max-width:none;padding:0;font-size:10.5px}
        h1{font-size:20px}h2{font-size:14px;margin-top:20px;break-after:avoid}h3{font-size:12px;break-after:avoid}
        table{font-size:8.6px}th,td{padding:1.5px 3px}th{white-space:normal}#records th,#records td{font-size:7.8px;padding:1.5px 2px}
        .wrap{overflow:visible}
        #records thead th{position:static}
        .cards{grid-template-columns:repeat(5,1fr);gap:6px}.cards div{padding:5px 8px}.cards strong{font-size:15px}.cards span,.cards small{font-size:9px}
        .verdict{font-size:12px;padding:8px 12px;margin:10px 0}.verdict b{font-size:14px}
        .two{grid-template-columns:1fr 1fr;gap:4px 14px}
        .strips{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px 10px;padding-right:2px}
        figcaption{font-size:8.5px}
        .key{font-size:9px}
        dl{font-size:9.5px}
        .screen{display:none}
        tfoot{display:table-row-group}
        tr,figure,.two>div,.half,.cards div{break-inside:avoid}
        *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        }
        """;

    public const string Script = """
        (function(){
        var table=document.getElementById('records');
        if(table){var body=table.tBodies[0],heads=table.tHead.rows[table.tHead.rows.length-1].cells;
        function value(row,i){var cell=row.cells[i],v=cell.getAttribute('data-v');return v===null?cell.textContent:v===''?null:+v}
        Array.prototype.forEach.call(heads,function(head,i){head.tabIndex=0;
        function sort(){var down=head.getAttribute('aria-sort')==='descending',sign=down?1:-1;
        if(i===0&&!head.hasAttribute('aria-sort')){sign=1}
        Array.prototype.forEach.call(heads,function(h){h.removeAttribute('aria-sort')});
        head.setAttribute('aria-sort',sign===1?'ascending':'descending');
        Array.prototype.slice.call(body.rows).map(function(r,k){return{r:r,v:value(r,i),k:k}}).sort(function(a,b){
        if(a.v===null||b.v===null){return(a.v===null)-(b.v===null)||a.k-b.k}
        return(a.v<b.v?-1:a.v>b.v?1:0)*sign||a.k-b.k}).forEach(function(e){body.appendChild(e.r)})}
        head.addEventListener('click',sort);head.addEventListener('keydown',function(e){if(e.key==='Enter'||e.key===' '){e.preventDefault();sort()}})})}
        var filter=document.getElementById('filter');
        function apply(){var word=filter.value.trim(),shown=0,all=Array.prototype.slice.call(document.querySelectorAll('figure[data-record]')),
        exact=all.some(function(f){return f.getAttribute('data-record')===word});
        all.forEach(function(f){var name=f.getAttribute('data-record'),on=!word||(exact?name===word:name.indexOf(word)>=0);f.hidden=!on;shown+=on});
        document.getElementById('shown').textContent=word?shown+' strips':''}
        if(filter){filter.addEventListener('input',apply);
        document.querySelectorAll('a[data-show]').forEach(function(a){a.addEventListener('click',function(){filter.value=a.getAttribute('data-show');apply()})})}
        })();
        """;

    /// <summary>What each figure means, for the end of the page; the long form is <c>docs/validation.md</c>.</summary>
    public static IReadOnlyList<(string Term, string Meaning)> Definitions { get; } =
    [
        ("Se, +P", "QRS sensitivity: reference beats found ÷ reference beats. Positive predictivity: detections that are beats ÷ detections. Beats are paired within 150 ms as ANSI/AAMI EC57 asks, by the rule of the WFDB comparator bxb."),
        ("from 5:00", "EC57 leaves the first five minutes out as a learning period. The engine has none of that length; both are given."),
        ("gross, average", "Gross: counts of all records added up, then divided. Average: each record weighs the same."),
        ("VEB Se, VEB +P", "Ventricular beats (V, E, r) called ventricular; and of those called so, the ones that are. At most 45 ms of a beat are seen before the call."),
        ("RR error", "Root mean square of reference RR − detected RR."),
        ("Decision latency", "Time of the input sample with which a decision is out, minus annotated R. Negative: decided before the annotated peak. “By R+45”: share of all reference beats, missed ones included."),
        ("Safe pulse", "0 to 100 ms after a reference beat that is normally conducted or paced (N L R B e j n / f)."),
        ("Ectopic, fusion, premature", "0 to 100 ms after a ventricular beat (V E r), a fusion of a ventricular and a normal one (F), or a supraventricular premature one (A a J S)."),
        ("Unsafe pulse", "Anywhere else: later than 100 ms after R and before the next R, in ventricular flutter or fibrillation, or after a beat that the reference could not classify (Q)."),
        ("Vulnerable", "From 40 ms before the peak of the T wave (assumed) to its end. Only where T waves are exactly known, as in synthetic traces."),
        ("Eligible, yield", "Eligible: a normally conducted or paced beat after another such one, at a rate within the gate's limits over the last 8 beats, past the first 8 beats of the record or after flutter, and not within the gate's minimum interval. Yield: eligible beats with a safe pulse ÷ eligible beats."),
        ("0 of N (< x %)", "None seen in N proves only a rate below 3/N, with 95 % confidence."),
        ("Offset", "Pulse minus its reference beat. Annotations place R loosely in wide and paced beats, often by 10 to 30 ms: judge unsafe pulses just before R by the strips."),
    ];
}
